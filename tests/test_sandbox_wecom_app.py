"""The WeCom simulator: the self-built app, its members and its cards."""

import pytest

from tests.wecom_stage import (
    PNG,
    Json,
    Scene,
    app_message,
    button_card,
    story,
    theatre,  # noqa: F401 - the fixture that every story asks for
)

# --- the app and its members --------------------------------------------------------------------------------------


@story
async def test_members_messages_and_events_have_their_shapes(scene: Scene) -> None:
    await scene.wecom.member_says("LiGong", "/help")
    await scene.wecom.member_sends("LiGong", "image", content=PNG)
    await scene.wecom.member_sends("LiGong", "location", Location_X=31.2, Location_Y=121.5, Scale=15, Label="上海")
    await scene.wecom.member_opens_app("LiGong")
    text, image, location, enter = scene.bot.callbacks
    assert (text["MsgType"], text["Content"], text["FromUserName"], text["AgentID"]) == (
        "text",
        "/help",
        "LiGong",
        "1000002",
    )
    assert text["MsgId"].isdigit()
    assert image["MediaId"]
    assert location["Label"] == "上海"
    assert (enter["MsgType"], enter["Event"]) == ("event", "enter_agent")
    assert "MsgId" not in enter
    assert [one.sender for one in scene.wecom.seen_by_member("LiGong")] == ["member"] * 3


@story
async def test_app_text_is_cut_at_2048_bytes_and_unknown_people_are_named(scene: Scene) -> None:
    body = app_message("text", {"content": "字" * 700}, touser="ligong|Nobody")
    answer = await scene.call("message/send", body)
    assert (answer["errcode"], answer["invaliduser"]) == (0, "nobody")
    assert scene.wecom.seen_by_member("LiGong")[0].text == "字" * 682
    assert await scene.code("message/send", {**body, "touser": "Nobody"}) == 81013
    assert await scene.code("message/send", {**body, "agentid": 1}) == 301002
    assert await scene.code("message/send", {**body, "msgtype": "poem"}) == 40008
    assert await scene.code("message/recall", {"msgid": answer["msgid"]}) == 0
    assert scene.wecom.seen_by_member("LiGong")[0].kind == "recalled"
    scene.wait(hours=25)
    await scene.login()
    assert await scene.code("message/recall", {"msgid": answer["msgid"]}) == 42052


@story
async def test_more_than_30_a_minute_vanish_without_an_error(scene: Scene) -> None:
    codes = {await scene.code("message/send", app_message("text", {"content": str(n)})) for n in range(35)}
    assert codes == {0}
    assert len(scene.wecom.seen_by_member("LiGong")) == 30
    scene.wait(minutes=1)
    await scene.call("message/send", app_message("text", {"content": "后"}))
    assert scene.wecom.seen_by_member("LiGong")[-1].text == "后"


@story
async def test_the_duplicate_check_drops_equal_content_inside_its_window(scene: Scene) -> None:
    body = app_message("text", {"content": "一样"}, enable_duplicate_check=1, duplicate_check_interval=60)
    assert [await scene.code("message/send", body) for _ in range(2)] == [0, 0]
    assert len(scene.wecom.seen_by_member("LiGong")) == 1
    scene.wait(seconds=61)
    await scene.call("message/send", body)
    assert len(scene.wecom.seen_by_member("LiGong")) == 2


@story
async def test_a_cards_button_calls_back_and_its_code_greys_the_card_once(scene: Scene) -> None:
    sent = await scene.call("message/send", app_message("template_card", button_card()))
    card = scene.wecom.seen_by_member("LiGong")[-1]
    assert card.menu == (("take", "接单"), ("close", "关闭"))
    await scene.wecom.member_clicks("LiGong", card, "接单")
    event = scene.bot.callbacks[-1]
    assert (event["Event"], event["EventKey"], event["TaskId"]) == ("template_card_event", "take", "task-1")
    update = {"userids": ["LiGong"], "agentid": 1000002, "response_code": event["ResponseCode"]}
    grey = {**update, "button": {"replace_name": "已接单"}}
    assert await scene.code("message/update_template_card", grey) == 0
    assert await scene.code("message/update_template_card", grey) == 42022
    (now,) = scene.wecom.seen_by_member("LiGong")
    assert now.menu == ()
    assert "已接单" in now.text
    with pytest.raises(LookupError):
        await scene.wecom.member_clicks("LiGong", card, "take")
    fresh = button_card(task_id="task-1", main_title={"title": "处理中"})
    replace = {**update, "response_code": sent["response_code"], "template_card": fresh}
    assert await scene.code("message/update_template_card", {**replace, "agentid": 7}) == 301002
    assert await scene.code("message/update_template_card", replace) == 0
    assert scene.wecom.seen_by_member("LiGong")[0].text.startswith("处理中")
    assert await scene.code("message/update_template_card", {**replace, "response_code": "no"}) == 40058


@story
async def test_a_response_code_lives_72_hours(scene: Scene) -> None:
    sent = await scene.call("message/send", app_message("template_card", button_card()))
    scene.wait(hours=72, seconds=1)
    await scene.login()
    update = {"atall": 1, "agentid": 1000002, "response_code": sent["response_code"], "button": {"replace_name": "x"}}
    assert await scene.code("message/update_template_card", update) == 40058


@story
async def test_choices_come_back_as_selected_items(scene: Scene) -> None:
    options = [{"id": "p0", "text": "P0"}, {"id": "p1", "text": "P1"}]
    card = {
        "card_type": "multiple_interaction",
        "main_title": {"title": "评估"},
        "task_id": "t2",
        "select_list": [
            {"question_key": "priority", "title": "优先级", "option_list": options},
            {"question_key": "type", "title": "类型", "option_list": options, "selected_id": "p1"},
        ],
        "submit_button": {"text": "提交", "key": "go"},
    }
    await scene.call("message/send", app_message("template_card", card))
    shown = scene.wecom.seen_by_member("LiGong")[-1]
    assert "优先级：P0 / P1" in shown.text
    await scene.wecom.member_clicks("LiGong", shown.id, "go", {"priority": ["p1"]})
    items = scene.bot.callbacks[-1]["SelectedItems"]["SelectedItem"]
    assert [(one["QuestionKey"], one["OptionIds"]["OptionId"]) for one in items] == [("priority", "p1"), ("type", "p1")]
    with pytest.raises(LookupError):
        await scene.wecom.member_clicks("LiGong", shown, "go", {"priority": ["p9"]})


WRONG_CARDS: list[tuple[int, Json]] = [
    (42031, {"card_type": "poster"}),
    (42014, button_card(task_id="空格 不行")),
    (42014, {key: value for key, value in button_card().items() if key != "task_id"}),
    (42033, button_card(main_title={})),
    (42035, button_card(horizontal_content_list=[{"keyname": "k", "value": "v"}] * 7)),
    (42027, button_card(horizontal_content_list=[{"value": "v"}])),
    (42028, button_card(horizontal_content_list=[{"keyname": "k", "type": 1}])),
    (42029, button_card(horizontal_content_list=[{"keyname": "k", "type": 2}])),
    (42050, button_card(horizontal_content_list=[{"keyname": "k", "type": 3}])),
    (42042, button_card(jump_list=[{"title": "t"}] * 4)),
    (42030, button_card(card_action={"type": 2})),
    (42038, button_card(button_list=[{"key": "a"}])),
    (42039, button_card(button_list=[{"text": "a"}])),
    (42039, button_card(button_list=[{"text": "a", "key": "k"}, {"text": "b", "key": "k"}])),
    (40058, button_card(button_list=[{"text": "a", "key": str(n)} for n in range(7)])),
    (42043, button_card(button_selection={"option_list": [{"id": "1", "text": "一"}]})),
    (42037, button_card(button_selection={"question_key": "q", "option_list": []})),
    (42040, button_card(button_selection={"question_key": "q", "option_list": [{"text": "一"}]})),
    (42041, button_card(button_selection={"question_key": "q", "option_list": [{"id": "1"}]})),
    (42051, button_card(action_menu={"action_list": [{"text": "a", "key": "k"}, {"text": "b", "key": "k"}]})),
    (42045, {"card_type": "text_notice", "main_title": {"title": "t"}}),
    (42047, button_card(card_type="multiple_interaction", select_list=[])),
    (40058, button_card(main_title="not an object")),
]


@story
async def test_wrong_cards_are_refused_with_their_codes(scene: Scene) -> None:
    for errcode, card in WRONG_CARDS:
        answer = await scene.call("message/send", app_message("template_card", card))
        assert answer["errcode"] == errcode, card
    assert scene.wecom.seen_by_member("LiGong") == []
    assert await scene.code("message/send", app_message("template_card", button_card())) == 0
    assert await scene.code("message/send", app_message("template_card", button_card())) == 42014


@story
async def test_notices_and_votes_are_shown_and_pressed(scene: Scene) -> None:
    notice = {
        "card_type": "text_notice",
        "source": {"desc": "应需"},
        "main_title": {"title": "逾期提醒"},
        "card_action": {"type": 1, "url": "https://example.com"},
        "vertical_content_list": [{"title": "编号", "desc": "202611-001"}],
        "action_menu": {"desc": "更多", "action_list": [{"text": "静音", "key": "mute"}]},
        "task_id": "n1",
    }
    await scene.call("message/send", app_message("template_card", notice))
    shown = scene.wecom.seen_by_member("LiGong")[-1]
    assert shown.text == "应需\n逾期提醒\n编号 202611-001\n[静音]"
    await scene.wecom.member_clicks("LiGong", shown, "mute")
    assert scene.bot.callbacks[-1]["Event"] == "template_card_menu_event"
    options = [{"id": str(n), "text": str(n)} for n in range(1, 6)]
    vote = {
        "card_type": "vote_interaction",
        "main_title": {"title": "满意吗"},
        "task_id": "v1",
        "checkbox": {"question_key": "score", "mode": 0, "option_list": options},
        "submit_button": {"text": "提交", "key": "send"},
    }
    await scene.call("message/send", app_message("template_card", vote))
    await scene.wecom.member_clicks("LiGong", scene.wecom.seen_by_member("LiGong")[-1], "send", {"score": ["4"]})
    item = scene.bot.callbacks[-1]["SelectedItems"]["SelectedItem"]
    assert (item["QuestionKey"], item["OptionIds"]["OptionId"]) == ("score", "4")


@story
async def test_files_text_cards_and_news_are_shown(scene: Scene) -> None:
    media_id = (await scene.upload("file", b"PK-something", "report.xlsx"))["media_id"]
    assert await scene.code("message/send", app_message("file", {"media_id": media_id})) == 0
    textcard = {"title": "周报", "description": "已生成", "url": "https://example.com"}
    assert await scene.code("message/send", app_message("textcard", textcard)) == 0
    assert await scene.code("message/send", app_message("textcard", {**textcard, "title": "字" * 43})) == 45003
    article = {"title": "月报", "url": "https://example.com"}
    assert await scene.code("message/send", app_message("news", {"articles": [article]}, touser="@all")) == 0
    assert await scene.code("message/send", app_message("news", {"articles": [article] * 9})) == 45008
    file, card, news = scene.wecom.seen_by_member("LiGong")
    assert (file.media, file.filename) == (b"PK-something", "report.xlsx")
    assert (card.text, news.text) == ("周报\n已生成\nhttps://example.com", "月报")


@story
async def test_the_apps_own_menu_calls_back(scene: Scene) -> None:
    await scene.wecom.member_taps_menu("LiGong", "mine")
    assert (scene.bot.callbacks[-1]["Event"], scene.bot.callbacks[-1]["EventKey"]) == ("click", "mine")
