"""Around the talks: a city's people and partners come in, a reviewer hears a line, a seat is sent on a break,
and a night in English. Real browsers, the embedded exchange, one product for all."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.audit import AuditLine
from models.people import Person as PersonRecord
from models.places import Centre
from tests.journeys.actors import Operator, Person, ScriptedCaller, Supervisor
from tests.journeys.conftest import OpenBrowser
from tests.journeys.product import Product, eventually
from tests.journeys.sound import write_hush, write_speech, write_tone

pytestmark = pytest.mark.timeout(300)

CALLER, VOICE, GREETING = 600.0, 937.5, 1200.0
SHOWN_CHINESE = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const own = node.parentElement;
    if (own.closest('script, template, [lang="zh-CN"]') || !own.getClientRects().length) continue;
    if (/[\\u4e00-\\u9fff]/.test(node.textContent)) found.push(node.textContent.trim());
  }
  return found;
}"""
"""What a page shows in Chinese that is not marked as Chinese."""


class Administrator(Person):
    def imports(self, kind: str, table: str) -> None:
        self.page.goto(f"{self.product.url}/administration/import/{kind}")
        self.page.fill('[data-role="import-form"] [name="text"]', table)
        self.page.click('[data-role="import-form"] [value="check"]')
        expect(self.page.locator("[data-fault]")).to_have_count(0)
        self.page.click('[data-role="write"]')
        expect(self.page.locator('[data-role="imported"]')).to_be_visible()

    def changes_the_limit_of_waiting(self, warn: str, crit: str) -> None:
        self.page.goto(f"{self.product.url}/administration/limits/")
        self.page.locator("[data-limit]", has_text="正在等待").get_by_role("link").click()
        form = self.page.locator('[data-role="limit-form"]')
        form.locator('[name="warn"]').fill(warn)
        form.locator('[name="crit"]').fill(crit)
        form.locator('button[type="submit"]').click()
        expect(self.page.locator('[data-role="flash"]')).to_contain_text("已保存")

    def records_and_hears_a_prompt(self, audio: Path) -> None:
        self.page.goto(f"{self.product.url}/administration/prompts/?prompt=greeting")
        self.page.set_input_files('[data-role="prompt-form"] [name="audio"]', str(audio))
        self.page.locator('[data-role="prompt-form"] button[type="submit"]').click()
        player = self.page.locator("[data-version] audio").first
        player.evaluate("(audio) => { audio.muted = true; return audio.play(); }")
        eventually(lambda: player.evaluate("(audio) => audio.currentTime > 0.5"), "the prompt is heard", 15)

    def reads_in_the_audit(self, action: str, *words: str) -> None:
        self.page.goto(f"{self.product.url}/administration/audit?action={action}")
        line = self.page.locator("tbody tr").first
        for word in words:
            expect(line).to_contain_text(word)


@pytest.mark.changes_the_product
def test_a_city_joins_with_its_people_its_partners_its_limit_and_its_voice(
    shared_product: Product, browser_with: OpenBrowser, tones: Callable[[float], Path], tmp_path: Path
) -> None:
    product = shared_product
    administrator = Administrator(product, browser_with(tones(VOICE)))
    administrator.signs_in("administrator")
    centre = product.look(lambda s: s.scalars(select(Centre).order_by(Centre.id)).first())
    assert centre is not None
    administrator.imports(
        "people",
        "login,name,role,centre,place_code,trained,confidentiality_signed\n"
        f"jiangkou1,江小河,operator,{centre.name_zh},,2026-09-01,2026-08-20\n",
    )
    secret = administrator.page.locator("tr", has_text="jiangkou1").locator("td").nth(1).inner_text()
    administrator.imports(
        "partners",
        "name_zh,name_en,kind,number,place_code,hours,groups,takes_overflow\n"
        f"江口青少年热线,Jiangkou Youth,youth_line,0990-5550199,{centre.place_code},1-5 08:00-20:00,,no\n",
    )
    administrator.changes_the_limit_of_waiting("4", "9")
    administrator.records_and_hears_a_prompt(
        write_tone(tmp_path / "greeting.wav", GREETING, seconds=4.0, rate=16000)
    )

    administrator.reads_in_the_audit("threshold.save", "warn 3 → 4", "crit 6 → 9")
    administrator.reads_in_the_audit("partner.import", "partner:")
    person = administrator.page
    person.goto(f"{product.url}/administration/people")
    expect(person.locator("tr", has_text="江小河").first).to_be_visible()

    newcomer = Person(product, browser_with(tones(CALLER)))
    newcomer.page.goto(f"{product.url}/sign-in")
    newcomer.page.fill("#login", "jiangkou1")
    newcomer.page.fill("#password", secret)
    newcomer.page.click("[data-role=sign-in] button[type=submit]")
    newcomer.page.wait_for_url(lambda url: "/sign-in" not in url)
    assert administrator.faults == newcomer.faults == []


class Reviewer(Supervisor):
    def hears_the_line(self, call_id: int, words: str) -> None:
        self.page.goto(f"{self.product.url}/calls/{call_id}")
        self.page.click('[data-role="choose-review"]')
        self.page.fill('form[action$="/play"] [name="reason"]', "随机抽样复核")
        self.page.click('[data-role="open-player"]')
        expect(self.page.locator('[data-role="waveform"]')).to_be_visible(timeout=15_000)
        line = self.page.locator('[data-role="line"]', has_text=words).last
        starts = float(line.get_attribute("data-start") or 0)
        line.click()
        at = "document.querySelector('[data-role=\"player\"]').currentTime"
        eventually(lambda: float(self.page.evaluate(at)) > starts + 0.3, "the line is heard", 15)
        expect(line).to_have_attribute("aria-current", "true")

    def scores(self, comment: str) -> None:
        for item in self.page.locator('.score-item input[value="1"]').all():
            item.check(force=True)
        self.page.fill('[name="comment"]', comment)
        self.page.click('[data-role="save-review"]')
        expect(self.page.locator("tr[data-review]").first).to_contain_text("50%")


def test_a_reviewer_hears_the_line_that_was_clicked_and_the_operator_reads_the_comment(
    shared_product: Product, browser_with: OpenBrowser, shared_dir: Path, tmp_path: Path
) -> None:
    product = shared_product
    model = shared_dir / "models" / "vosk-zh-toy"
    installed = product.run("models", "install", "vosk-zh-toy", "--from", str(model))
    assert installed.returncode == 0, installed.stdout + installed.stderr
    operator = Operator(product, browser_with(write_hush(tmp_path / "hush.wav")))
    operator.signs_in("operator")
    operator.goes_on_duty()
    speech = write_speech(tmp_path / "speech.wav", "我 最近 总是 失眠")
    call_id = operator.takes_a_spoken_call(speech).call_id
    reviewer = Reviewer(product, browser_with(write_hush(tmp_path / "hush.wav")))
    reviewer.signs_in("supervisor")
    reviewer.hears_the_line(call_id, "失眠")
    reviewer.scores("听得稳，早点问睡眠以外的事。")

    mine = operator.context.new_page()
    mine.goto(f"{product.url}/quality/mine")
    mine.locator('main a[href*="/quality/mine/"]').first.click()
    expect(mine.locator("main")).to_contain_text("早点问睡眠以外的事")
    played = select(AuditLine).where(AuditLine.action == "recording.play")
    assert product.look(lambda s: s.scalars(played).first()) is not None
    operator.goes_home()
    assert operator.faults == reviewer.faults == []


def lane(page: Page, state: str, label: str) -> None:
    seat = page.locator(f'[data-lane="{state}"] [data-seat]', has_text=label)
    expect(seat).to_be_visible(timeout=15_000)


def test_a_supervisor_sends_a_seat_on_a_break_with_a_reason_and_board_and_wall_follow_the_line(
    shared_product: Product, browser_with: OpenBrowser, tones: Callable[[float], Path]
) -> None:
    product = shared_product
    browser = browser_with(tones(VOICE))
    operator, supervisor = Operator(product, browser), Supervisor(product, browser)
    wall = Person(product, browser, viewport={"width": 1920, "height": 1080})
    operator.signs_in("operator")
    operator.goes_on_duty()
    for person in (supervisor, wall):
        person.signs_in("supervisor")
    supervisor.looks_at_the_board()
    wall.page.goto(f"{product.url}/supervisor/wall")
    label = operator.page.locator("#desk").get_attribute("data-label") or operator_name(product)
    lane(supervisor.page, "available", label)

    card = supervisor.page.locator('[data-lane="available"] [data-seat]', has_text=label)
    card.locator("summary").press("Enter")
    card.locator('[name="status"]').select_option("break")
    card.locator('[name="reason"]').fill("连续接听三小时，请休息")
    card.locator('button[type="submit"]').press("Enter")
    lane(supervisor.page, "paused", label)
    operator.waits_for("setup")
    expect(wall.page.locator("#wall-states .st-ok b")).to_have_text("0", timeout=15_000)
    changed = select(AuditLine.reason).where(AuditLine.action == "seat.status")
    assert product.look(lambda s: s.scalars(changed).one()) == "ready → break · 连续接听三小时，请休息"

    caller = ScriptedCaller(product, "13800138000", audio=tones(CALLER), repeat=True)
    waiting = supervisor.page.locator("#board-queue tbody tr")
    expect(waiting).to_have_count(1, timeout=40_000)
    expect(waiting).to_contain_text("8000")
    expect(wall.page.locator("#wall-figures .fig").first).to_have_text(re.compile("1"), timeout=15_000)
    assert "8000" not in wall.page.locator("main").inner_text()
    operator.page.click("[data-role=ready]")
    operator.answers()
    eventually(lambda: operator.hears(CALLER), "the operator hears the caller", 20)
    expect(waiting).to_have_count(0, timeout=15_000)
    lane(supervisor.page, "talking", label)
    caller.hangs_up()
    operator.waits_for("wrap_up", 40)
    operator.writes_a_whole_note("想找人说说话。")
    operator.finishes_note()
    outcome = supervisor.page.locator('[data-outcome="answered"]')
    expect(outcome).not_to_have_text("0", timeout=15_000)
    operator.goes_home()
    assert operator.faults == supervisor.faults == wall.faults == []


def operator_name(product: Product) -> str:
    login = next(one["name"] for one in product.accounts() if one["role"] == "operator")
    named = select(PersonRecord.name).where(PersonRecord.login == login)
    return product.look(lambda s: s.scalars(named).one())


def test_a_call_in_english_shows_no_chinese_that_is_not_data(
    shared_product: Product, browser_with: OpenBrowser, tones: Callable[[float], Path]
) -> None:
    product = shared_product
    operator = Operator(product, browser_with(tones(VOICE)))
    operator.signs_in("operator")
    operator.page.click("[data-role=language][value=en]")
    expect(operator.page.locator("html")).to_have_attribute("lang", "en")
    operator.goes_on_duty()
    names = chinese_names(product)
    assert unspoken(operator.page, names) == []

    caller = ScriptedCaller(product, "13800138000", audio=tones(CALLER), repeat=True)
    operator.is_rung()
    assert unspoken(operator.page, names) == []
    operator.answers()
    eventually(lambda: operator.hears(CALLER), "the operator hears the caller", 20)
    operator.chooses("call_type", "02")
    operator.page.locator("#tab-service").click()
    assert unspoken(operator.page, names) == []
    caller.hangs_up()
    operator.waits_for("wrap_up", 40)
    assert unspoken(operator.page, names) == []
    operator.page.click("[data-role=language][value=zh]")
    expect(operator.page.locator("html")).to_have_attribute("lang", "zh-CN")
    operator.writes_a_whole_note("想找人说说话。")
    operator.finishes_note()
    operator.goes_home()
    assert operator.faults == []


def chinese_names(product: Product) -> set[str]:
    """Names of people are data, in the one language that they have; the first letter stands for a face."""
    names = product.look(lambda s: s.scalars(select(PersonRecord.name)).all())
    return {part for name in names for part in (name, name[0])}


def unspoken(page: Page, names: set[str]) -> list[str]:
    found: list[str] = page.evaluate(SHOWN_CHINESE)
    for name in sorted(names, key=len, reverse=True):
        found = [text.replace(name, "") for text in found]
    return [text for text in found if re.search("[\u4e00-\u9fff]", text)]
