"""The WeCom simulator: pulling, sending and serving in 微信客服."""

from tests.wecom_stage import (
    PNG,
    Scene,
    kf_menu,
    story,
    theatre,  # noqa: F401 - the fixture that every story asks for
)

# --- pulling ------------------------------------------------------------------------------------------------------


@story
async def test_paging_by_cursor_gives_every_item_once_and_in_order(scene: Scene) -> None:
    scene.wecom.queue_only(True)
    for number in range(25):
        await scene.wecom.customer_says("wm1", str(number))
    scene.wecom.quirks.empty_page_every = 2
    cursor, got, empty, more = "", [], 0, 1
    while more:
        page = await scene.pull(cursor=cursor, limit=10)
        cursor, more = page["next_cursor"], page["has_more"]
        assert len(cursor.encode()) <= 64
        got += [one["text"]["content"] for one in page["msg_list"]]
        empty += not page["msg_list"]
    assert got == [str(number) for number in range(25)]
    assert empty == 2
    scene.wecom.quirks.empty_page_every = 0
    assert (await scene.pull(cursor=cursor))["msg_list"] == []
    await scene.say("收到")
    assert (await scene.pull(cursor=cursor))["msg_list"] == []


@story
async def test_history_ends_after_three_days_and_bad_parameters_are_refused(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "旧")
    scene.wait(days=3, seconds=1)
    await scene.wecom.customer_says("wm1", "新")
    assert [one["text"]["content"] for one in (await scene.pull())["msg_list"]] == ["新"]
    assert (await scene.pull(cursor="nonsense"))["errcode"] == 40058
    assert (await scene.pull(limit=1001))["errcode"] == 40058
    assert (await scene.pull(open_kfid=""))["errcode"] == 40058
    assert (await scene.pull(open_kfid="wk2"))["errcode"] == 95004


@story
async def test_a_sync_token_lives_ten_minutes(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    token = scene.bot.callbacks[0]["Token"]
    scene.wait(minutes=10)
    assert (await scene.pull(token=token))["errcode"] == 0
    scene.wait(seconds=1)
    assert (await scene.pull(token=token))["errcode"] == 95007
    assert (await scene.pull(token="nonsense"))["errcode"] == 95007
    scene.wecom.quirks.tokenless_per_minute = 1
    assert [(await scene.pull())["errcode"] for _ in range(2)] == [0, 45009]


@story
async def test_a_cursor_of_an_earlier_run_starts_at_the_beginning(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "一")
    cursor = (await scene.pull())["next_cursor"]
    scene.wecom.platform.run = "00000000"
    assert len((await scene.pull(cursor=cursor))["msg_list"]) == 1


@story
async def test_events_carry_who_and_where_inside(scene: Scene) -> None:
    await scene.wecom.customer_enters("wm1", "web", scene_param="ad-7")
    (item,) = (await scene.pull())["msg_list"]
    assert "open_kfid" not in item
    assert "external_userid" not in item
    assert item["origin"] == 4
    event = item["event"]
    assert (event["event_type"], event["open_kfid"], event["external_userid"]) == ("enter_session", "wk1", "wm1")
    assert (event["scene"], event["scene_param"]) == ("web", "ad-7")


@story
async def test_files_of_customers_can_be_fetched_for_three_days_and_too_large_ones_become_text(scene: Scene) -> None:
    await scene.wecom.customer_sends("wm1", "image", content=PNG, filename="截图.png")
    await scene.wecom.customer_sends("wm1", "image", content=bytes(2 * 1024 * 1024 + 1))
    await scene.wecom.customer_sends("wm1", "location", latitude=31.2, longitude=121.5, name="上海", address="路")
    await scene.wecom.customer_sends("wm1", "sphfeed", nonsense={"a": 1})
    image, large, location, unknown = (await scene.pull())["msg_list"]
    media_id = image["image"]["media_id"]
    params = {"access_token": scene.token, "media_id": media_id}
    async with scene.http.get(f"{scene.wecom.api_base}/cgi-bin/media/get", params=params) as answer:
        assert await answer.read() == PNG
        assert answer.content_type == "image/png"
        assert "filename=" in answer.headers["Content-Disposition"]
    assert large["msgtype"] == "text"
    assert location["location"]["name"] == "上海"
    assert unknown["sphfeed"] == {"nonsense": {"a": 1}}
    scene.wait(days=3, seconds=1)
    await scene.login()
    assert (await scene.get("media/get", access_token=scene.token, media_id=media_id))["errcode"] == 40007


# --- who serves ---------------------------------------------------------------------------------------------------


@story
async def test_while_a_person_serves_the_bot_may_not_send(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    await scene.wecom.servicer_takes("wm1", "zhang")
    assert (await scene.say("a"))["errcode"] == 95018
    await scene.wecom.servicer_says("wm1", "我来")
    await scene.wecom.customer_says("wm1", "好")
    assert (await scene.say("a"))["errcode"] == 95018
    await scene.wecom.servicer_ends("wm1")
    assert (await scene.say("a"))["errcode"] == 95018
    items = (await scene.pull())["msg_list"]
    changes = [one["event"] for one in items if one["msgtype"] == "event"]
    assert [one["change_type"] for one in changes] == [1, 3]
    assert all(one["msg_code"] for one in changes)
    (spoken,) = [one for one in items if one["origin"] == 5]
    assert (spoken["servicer_userid"], spoken["text"]["content"]) == ("zhang", "我来")
    await scene.wecom.customer_says("wm1", "再问一个")
    assert (await scene.say("a"))["errcode"] == 0
    assert [one.sender for one in scene.wecom.seen_by_customer("wm1")][1] == "servicer"


@story
async def test_the_state_machine_allows_only_its_moves(scene: Scene) -> None:
    who = {"open_kfid": "wk1", "external_userid": "wm1"}
    scene.wecom.add_servicer("zhang")
    scene.wecom.add_servicer("wang", online=False)
    await scene.wecom.customer_says("wm1", "你好")
    person = {**who, "service_state": 3}
    assert await scene.code("kf/service_state/trans", {**who, "service_state": 0}) == 95016
    assert await scene.code("kf/service_state/trans", {**person, "servicer_userid": "li"}) == 95014
    assert await scene.code("kf/service_state/trans", {**person, "servicer_userid": "wang"}) == 95019
    pool = await scene.call("kf/service_state/trans", {**who, "service_state": 2})
    assert pool["msg_code"]
    taken = await scene.call("kf/service_state/trans", {**person, "servicer_userid": "zhang"})
    assert taken["msg_code"]
    state = await scene.call("kf/service_state/get", who)
    assert (state["service_state"], state["servicer_userid"]) == (3, "zhang")
    assert await scene.code("kf/service_state/trans", {**who, "service_state": 1}) == 95016
    assert (await scene.call("kf/service_state/trans", {**who, "service_state": 4}))["msg_code"]
    assert await scene.code("kf/service_state/trans", {**who, "service_state": 1}) == 95016
    events = [one for one in (await scene.pull())["msg_list"] if one["msgtype"] == "event"]
    assert events == []


@story
async def test_a_welcome_code_works_once_within_20_seconds_for_a_newcomer(scene: Scene) -> None:
    await scene.wecom.customer_enters("wm1")
    code = (await scene.pull())["msg_list"][-1]["event"]["welcome_code"]
    welcome = {"code": code, "msgtype": "text", "text": {"content": "欢迎"}}
    assert await scene.code("kf/send_msg_on_event", {**welcome, "msgtype": "image"}) == 40008
    assert await scene.code("kf/send_msg_on_event", welcome) == 0
    assert await scene.code("kf/send_msg_on_event", welcome) == 42022
    await scene.wecom.customer_enters("wm1")
    assert "welcome_code" not in (await scene.pull())["msg_list"][-1]["event"]
    scene.wait(hours=48, seconds=1)
    await scene.login()
    await scene.wecom.customer_enters("wm1")
    late = (await scene.pull())["msg_list"][-1]["event"]["welcome_code"]
    scene.wait(seconds=21)
    assert await scene.code("kf/send_msg_on_event", {**welcome, "code": late}) == 40058
    await scene.wecom.customer_says("wm1", "你好")
    await scene.wecom.customer_enters("wm1")
    assert "welcome_code" not in (await scene.pull())["msg_list"][-1]["event"]


@story
async def test_the_code_of_an_ended_chat_dies_with_the_next_message(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    await scene.wecom.servicer_takes("wm1", "zhang")
    await scene.wecom.servicer_ends("wm1")
    code = (await scene.pull())["msg_list"][-1]["event"]["msg_code"]
    survey = kf_menu([{"type": "click", "click": {"id": "5", "content": "满意"}}], code=code)
    await scene.wecom.customer_says("wm1", "等等")
    assert await scene.code("kf/send_msg_on_event", survey) == 95018
    await scene.wecom.servicer_takes("wm1", "zhang")
    await scene.wecom.servicer_ends("wm1")
    code = (await scene.pull())["msg_list"][-1]["event"]["msg_code"]
    assert await scene.code("kf/send_msg_on_event", {**survey, "code": code}) == 0
    assert scene.wecom.seen_by_customer("wm1")[-1].menu == (("5", "满意"),)


@story
async def test_directories_answer_accounts_people_and_customers(scene: Scene) -> None:
    scene.wecom.add_servicer("zhang")
    posted = await scene.call("kf/account/list", {"offset": 0, "limit": 100})
    assert [one["open_kfid"] for one in posted["account_list"]] == ["wk1"]
    assert await scene.get("kf/account/list", access_token=scene.token) == posted
    servicers = await scene.get("kf/servicer/list", access_token=scene.token, open_kfid="wk1")
    assert servicers["servicer_list"] == [{"userid": "zhang", "status": 0}]
    asked = {"external_userid_list": ["wm1", "wm9"]}
    assert await scene.code("kf/customer/batchget", asked) == 95031
    await scene.wecom.customer_says("wm1", "你好")
    got = await scene.call("kf/customer/batchget", asked)
    assert got["customer_list"][0]["nickname"] == "小王"
    assert got["invalid_external_userid"] == ["wm9"]
    way = await scene.call("kf/add_contact_way", {"open_kfid": "wk1", "scene": "web"})
    assert way["url"].startswith("https://")


@story
async def test_a_recalled_message_is_announced_and_gone_from_sight(scene: Scene) -> None:
    said = await scene.wecom.customer_says("wm1", "我的密码是 123")
    await scene.wecom.customer_recalls("wm1")
    event = (await scene.pull())["msg_list"][-1]["event"]
    assert (event["event_type"], event["recall_msgid"]) == ("user_recall_msg", said.msgid)
    (seen,) = scene.wecom.seen_by_customer("wm1")
    assert (seen.kind, seen.text) == ("recalled", "")
    assert seen.revision > seen.id


@story
async def test_going_on_and_off_duty_is_an_event(scene: Scene) -> None:
    await scene.wecom.servicer_duty("zhang", online=False)
    event = (await scene.pull())["msg_list"][-1]["event"]
    assert (event["event_type"], event["servicer_userid"], event["status"]) == ("servicer_status_change", "zhang", 2)


@story
async def test_a_colleague_takes_over_and_a_person_reopens(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    await scene.wecom.servicer_takes("wm1", "zhang")
    await scene.wecom.servicer_takes("wm1", "wang")
    await scene.wecom.servicer_ends("wm1")
    await scene.wecom.servicer_takes("wm1", "wang")
    events = [one["event"] for one in (await scene.pull())["msg_list"] if one["msgtype"] == "event"]
    assert [one["change_type"] for one in events] == [1, 2, 3, 4]
    assert (events[1]["old_servicer_userid"], events[1]["new_servicer_userid"]) == ("zhang", "wang")
    assert ["msg_code" in one for one in events] == [True, False, True, False]
