"""The sandbox page in a real browser: what somebody sees and does there, down to the product and back."""

import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from bot.feishu.cards import render
from handlers.messages import Chart
from tests import sandbox_player
from tests.sandbox_player import CHROMIUM, NARROW, NIGHT, SECONDS, WIDE, Player, Sandbox

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


# A machine that checks for others must have a browser; a newcomer without one sees why these were passed over.
lacking = not CHROMIUM and not os.environ.get("CI")
pytestmark = pytest.mark.skipif(lacking, reason="no Chromium here: apt install chromium, or set CHROMIUM")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sandbox_player.browser() as chromium:
        yield chromium


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with sandbox_player.sandbox() as opened:
        yield opened


@pytest.fixture
def player(browser: Browser, sandbox: Sandbox) -> Iterator[Player]:
    with before_the_page(browser, sandbox) as player:
        yield player


@contextmanager
def before_the_page(browser: Browser, sandbox: Sandbox) -> Iterator[Player]:
    page = browser.new_page(viewport=WIDE)  # type: ignore[arg-type]  # a dict of two numbers, as documented
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(sandbox.url)
    expect(page.locator(".phone")).to_have_count(3, timeout=SECONDS)
    yield Player(page)
    page.close()
    assert not faults


def test_a_request_lives_its_life_by_hand(player: Player) -> None:
    player.says("customer", "订单系统打不开了，一直报错500，财务今天下班前要对账，很着急")
    player.reads("customer", "联系电话")
    player.says("customer", "杭州云杉商贸，王芳，13800001234，零售行业")
    player.reads("customer", "之前是否提过")
    player.says("customer", "没有")
    player.taps("customer", "确认")
    player.reads("customer", "编号 ")
    player.taps("agent", "接单")
    expect(player.phone("agent").locator(".toast")).to_have_text(re.compile("接单"), timeout=SECONDS)
    player.reads("customer", "已由李工受理")
    player.taps("agent", "更新进度")
    player.chat("agent").get_by_label("内容").last.fill("已定位，正在修复")
    player.taps("agent", "提交")
    player.reads("customer", "已定位，正在修复")


def test_what_an_agent_answers_in_the_thread_reaches_the_customer_and_comes_back(player: Player) -> None:
    player.plays(4)
    player.taps("agent", "↩ 回复话题")
    player.chat("agent").get_by_label("回复话题").last.fill("请问其他账号也打不开吗")
    player.chat("agent").locator(".thread button", has_text="发送").click()
    player.reads("customer", "请问其他账号也打不开吗")
    player.says("customer", "三个账号都不行")
    expect(player.chat("agent").locator(".thread.used .bubble").last).to_contain_text("三个账号都不行", timeout=SECONDS)


def test_the_tour_walks_through_the_whole_life_of_a_request(player: Player) -> None:
    player.plays(10)
    expect(player.page.locator("#tour")).to_contain_text("导览完成")
    expect(player.chat("manager")).to_contain_text("需求看板")


def test_the_tour_can_be_walked_at_night(browser: Browser) -> None:
    with sandbox_player.sandbox(start=NIGHT) as sandbox, before_the_page(browser, sandbox) as player:
        player.plays(10)
        expect(player.page.locator("#tour")).to_contain_text("导览完成")


def test_a_step_of_the_tour_done_by_hand_is_ticked_off(player: Player) -> None:
    player.says("customer", "你好")
    expect(player.page.locator(".dot.done")).to_have_count(1, timeout=SECONDS)


def test_the_tour_comes_back_to_what_was_left_out(player: Player) -> None:
    player.says("manager", "/status")
    expect(player.page.locator(".dot.done")).to_have_count(1, timeout=SECONDS)
    expect(player.page.locator("#tour p")).to_contain_text("1. 客户说出需求")


def test_a_step_that_comes_too_early_says_why(player: Player) -> None:
    player.page.locator(".dot").nth(3).click()
    player.page.locator(".play").click()
    expect(player.phone("agent").locator(".toast")).to_contain_text("请先完成前面的步骤", timeout=SECONDS)


def test_the_clock_is_turned_by_buttons_and_by_words(player: Player, sandbox: Sandbox) -> None:
    before = sandbox.look(sandbox.stage.now)
    player.page.get_by_role("button", name="+1 天").click()
    expect(player.page.get_by_role("button", name="+1 天")).to_be_enabled(timeout=SECONDS)
    player.page.get_by_label("快进多久").fill("2天")
    player.page.get_by_role("button", name="快进", exact=True).click()
    expect(player.page.get_by_label("快进多久")).to_have_value("", timeout=SECONDS)
    assert 3 <= (sandbox.look(sandbox.stage.now) - before).total_seconds() / 86_400 < 3.01
    player.page.get_by_role("button", name="下一个工作日 09:00").click()
    expect(player.page.locator("#clock")).to_have_text(re.compile("^09:00:"), timeout=SECONDS)


def test_a_length_of_time_nobody_understands_is_refused_in_words(player: Player) -> None:
    player.page.get_by_label("快进多久").fill("一会儿")
    player.page.get_by_role("button", name="快进", exact=True).click()
    expect(player.phone("agent").locator(".toast")).to_contain_text("看不懂时长", timeout=SECONDS)


def test_what_people_write_is_never_taken_for_html(player: Player, sandbox: Sandbox) -> None:
    nasty = "<img src=x onerror=\"document.title='hacked'\"><b>粗</b>"
    player.says("customer", nasty)
    expect(player.chat("customer").locator(".mine .bubble")).to_have_text(nasty, timeout=SECONDS)
    sandbox.do(sandbox.stage.customer(nasty, "张伟"))
    sandbox.do(sandbox.stage.staff(nasty, "李工"))
    expect(player.chat("agent").locator(".mine .bubble")).to_contain_text("<img src=x onerror=", timeout=SECONDS)
    assert player.page.locator(".bubble b, .bubble img").count() == 0
    assert player.page.title() == "应需 · 沙盘"


def test_a_picture_is_seen_by_who_sent_it_and_by_the_agent(player: Player) -> None:
    player.plays(4)
    files = [{"name": "报错.png", "mimeType": "image/png", "buffer": PNG}]
    player.phone("customer").locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]  # as documented
    expect(player.chat("customer").locator("img.picture")).to_have_js_property("naturalWidth", 1, timeout=SECONDS)
    expect(player.chat("agent").locator("img.picture")).to_have_js_property("naturalWidth", 1, timeout=SECONDS)


def test_everybody_has_a_chat_of_his_own_and_a_mark_for_what_is_new(player: Player, sandbox: Sandbox) -> None:
    sandbox.do(sandbox.stage.customer("你好", "张伟"))
    tab = player.phone("customer").get_by_role("button", name=re.compile("^张伟"))
    expect(tab.locator(".badge")).to_have_text("1", timeout=SECONDS)
    assert "您好" not in player.chat("customer").inner_text()
    tab.click()
    player.reads("customer", "您好")
    expect(tab.locator(".badge")).to_be_hidden()


def test_a_member_asks_in_the_wecom_app(player: Player) -> None:
    player.phone("customer").get_by_role("button", name="李工·企微").click()
    player.says("customer", "/help")
    player.reads("customer", "/status")


def test_a_member_presses_a_template_card(player: Player, sandbox: Sandbox) -> None:
    wecom = sandbox.stage.wecom
    card = {
        "card_type": "button_interaction",
        "main_title": {"title": "需求 202611-001", "desc": "请选择"},
        "horizontal_content_list": [{"keyname": "状态", "value": "处理中"}],
        "button_selection": {
            "question_key": "level",
            "title": "紧急程度",
            "option_list": [{"id": "a", "text": "紧急"}, {"id": "b", "text": "常规"}],
        },
        "button_list": [{"text": "催办", "key": "urge|202611-001|1"}],
        "task_id": "task-1",
    }
    seen = {"channel": "app", "msgid": "m1", "card": card, "menu": (("urge|202611-001|1", "催办"),)}
    sandbox.look(lambda: wecom.platform.show(wecom.platform.members["LiGong"], "bot", "template_card", **seen))
    player.phone("customer").get_by_role("button", name=re.compile("^李工·企微")).click()
    player.reads("customer", "处理中")
    player.chat("customer").get_by_label("紧急程度").select_option("常规")
    player.taps("customer", "催办")
    expect(player.page.locator(".press.busy")).to_have_count(0)
    for _ in range(100):
        told = sandbox.look(lambda: [one.xml for one in wecom.deliveries])
        if told:
            break
        player.page.wait_for_timeout(50)
    assert "template_card_event" in told[-1]
    assert "urge|202611-001|1" in told[-1]
    assert "<OptionId><![CDATA[b]]></OptionId>" in told[-1].replace("\n", "")


def test_a_platform_that_fails_on_demand_loses_nothing(player: Player, sandbox: Sandbox) -> None:
    player.page.get_by_role("button", name="故障").click()
    player.page.locator("#faults .row", has_text="企业微信").get_by_role("button", name="系统繁忙").click()
    expect(player.phone("agent").locator(".toast")).to_contain_text("企业微信接下来 3 次发送", timeout=SECONDS)
    player.says("customer", "你好")
    sandbox.do(sandbox.stage.settle())
    for _ in range(4):
        sandbox.do(sandbox.stage.wait("10m"))
    player.reads("customer", "您好")
    assert sandbox.look(lambda: sandbox.stage.wecom.counts["kf/send_msg", -1]) == 3


@pytest.mark.parametrize(("kind", "shape"), [("bar", "rect"), ("line", "polyline"), ("pie", "circle")])
def test_a_chart_is_drawn_with_its_numbers(
    player: Player, sandbox: Sandbox, kind: Literal["bar", "line", "pie"], shape: str
) -> None:
    chart = Chart(title="本周需求", kind=kind, points=(("问题修复", 5.0), ("咨询服务", 3.0)), unit="个")
    (payload,) = render(chart)
    feishu = sandbox.stage.feishu
    sandbox.look(lambda: feishu.world.post(feishu.private_chat_id("ou_zhou"), "bot", "interactive", payload.content))
    drawn = player.chat("manager").locator("figure.chart")
    expect(drawn).to_contain_text("本周需求", timeout=SECONDS)
    expect(drawn.locator(shape).first).to_be_visible()
    expect(drawn.locator("text", has_text="问题修复")).to_be_visible()
    expect(drawn.locator("svg")).to_contain_text("5")


def test_a_card_of_an_unknown_make_still_shows_what_it_can(player: Player, sandbox: Sandbox) -> None:
    elements = [
        {"tag": "markdown", "content": "**重要** <at id=ou_li></at> [文档](https://example.com/) <script>"},
        {"tag": "hr"},
        {"tag": "table", "columns": [{"name": "a", "display_name": "编号"}], "rows": [{"a": "202611-001"}]},
        {"tag": "overflow", "options": []},
    ]
    card = json.dumps({"schema": "2.0", "body": {"elements": elements}})
    feishu = sandbox.stage.feishu
    sandbox.look(lambda: feishu.world.post(feishu.private_chat_id("ou_li"), "bot", "interactive", card))
    drawn = player.chat("agent").locator(".card .elements")
    expect(drawn.locator("b")).to_have_text("重要", timeout=SECONDS)
    expect(drawn).to_contain_text("@李工")
    expect(drawn).to_contain_text("<script>")
    expect(drawn.locator("a")).to_have_attribute("rel", "noopener noreferrer")
    expect(drawn.locator("td")).to_have_text("202611-001")


def test_a_reloaded_page_shows_the_same_chats(player: Player) -> None:
    player.plays(4)
    player.reads("customer", "受理")
    player.reads("agent", "处理中")
    before = [player.chat(part).inner_text() for part in ("customer", "agent")]
    player.page.reload()
    player.reads("agent", "需求 ")
    assert [player.chat(part).inner_text() for part in ("customer", "agent")] == before


def test_a_narrow_screen_shows_one_phone_after_the_other(browser: Browser, sandbox: Sandbox) -> None:
    page = browser.new_page(viewport=NARROW)  # type: ignore[arg-type]  # a dict of two numbers, as documented
    page.goto(sandbox.url)
    expect(page.locator(".phone").first).to_be_in_viewport(timeout=SECONDS)
    page.locator(".phone").last.scroll_into_view_if_needed()
    expect(page.locator(".phone .composer").last).to_be_in_viewport(timeout=SECONDS)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= NARROW["width"]
    page.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "application/json", "Host": "evil.example"}, 400),
    ],
)
def test_the_page_of_another_site_can_do_nothing_here(sandbox: Sandbox, headers: dict[str, str], status: int) -> None:
    deed = b'{"do": "say", "who": "wmWangFang", "text": "hi"}'
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(f"{sandbox.url}/act", deed, headers))  # noqa: S310 - loopback
    refused.value.close()
    assert refused.value.code == status
    assert sandbox.look(lambda: sandbox.stage.seen_in_wecom("王芳")) == []


def test_a_file_that_could_run_is_only_ever_downloaded(sandbox: Sandbox) -> None:
    sandbox.do(sandbox.stage.customer_sends("file", b"<script>alert(1)</script>", "a.html"))
    seen = sandbox.look(lambda: sandbox.stage.seen_in_wecom("王芳"))[0]
    with urllib.request.urlopen(f"{sandbox.url}/media/wecom/wmWangFang/{seen.id}") as answer:  # noqa: S310 - loopback
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
