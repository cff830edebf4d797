"""`hotline twilio provision` against a small carrier whose every request is judged by the OpenAPI file."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from twilio.http.response import Response
from twilio.rest import Client

from hotline.commands import twilio as command
from hotline.faults import OperationalFault
from hotline.telephony.addresses import Addresses
from hotline.telephony.provisioning import Provisioning, ProvisioningFailed, Wanted
from tests.openapi import CarrierDescription, JudgedClient

ACCOUNT, NUMBER = "AC" + "a" * 32, "+4420000000000"
SECRET = "a-secret-that-is-shown-once"
ADDRESSES = Addresses("https://hotline.test")
FALLBACK = "https://elsewhere.test/fallback.xml"
ROOT = f"/2010-04-01/Accounts/{ACCOUNT}"


class SmallCarrier:
    """Holds applications, numbers, keys and queues as the live service would; plays the HTTP client."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, dict[str, Any]]] = {
            "Applications": {},
            "IncomingPhoneNumbers": {},
            "Keys": {},
            "Queues": {},
        }
        self.add("IncomingPhoneNumbers", "PN", {"phone_number": NUMBER, "voice_url": "https://demo.test/"})
        self.changes: list[str] = []
        self.status = 200

    def add(self, kind: str, prefix: str, fields: dict[str, Any]) -> dict[str, Any]:
        sid = prefix + f"{len(self.held[kind]) + 1:032x}"
        made = {"sid": sid, "account_sid": ACCOUNT, **fields}
        self.held[kind][sid] = made
        return made

    def request(self, method: str, url: str, **parts: Any) -> Response:
        if self.status != 200:
            return self._answer(self.status, {"code": 20003, "message": "no", "status": self.status})
        path = url.removeprefix("https://api.twilio.com").split("?")[0]
        if path == f"{ROOT}.json":
            return self._answer(200, {"sid": ACCOUNT, "status": "active"})
        found = re.fullmatch(ROOT + r"/(\w+?)(?:/(\w+))?\.json", path)
        assert found is not None, path
        kind, sid = found.group(1), found.group(2)
        fields = {_snake(name): value for name, value in (parts.get("data") or {}).items()}
        if sid is None and method == "GET":
            asked = {_snake(n): v for n, v in (parts.get("params") or {}).items() if not n.startswith("Page")}
            rows = [
                row
                for row in self.held[kind].values()
                if all(row.get(name) == value for name, value in asked.items())
            ]
            return self._answer(200, {_snake(kind): rows, "next_page_uri": None})
        if sid is None:
            prefix = {"Applications": "AP", "Keys": "SK", "Queues": "QU"}[kind]
            made = self.add(kind, prefix, fields)
            self.changes.append(f"create {kind}")
            return self._answer(201, {**made, **({"secret": SECRET} if kind == "Keys" else {})})
        if sid not in self.held[kind]:
            return self._answer(404, {"code": 20404, "message": "not found", "status": 404})
        if method == "POST":
            self.changes.append(f"update {kind}")
            self.held[kind][sid] |= fields
        return self._answer(200, self.held[kind][sid])

    def _answer(self, status: int, body: dict[str, Any]) -> Response:
        return Response(status, json.dumps(body), {})


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


@pytest.fixture
def carrier() -> SmallCarrier:
    return SmallCarrier()


@pytest.fixture
def client(carrier: SmallCarrier, carrier_description: CarrierDescription) -> Client:
    return Client(ACCOUNT, "token", http_client=JudgedClient(carrier_description, carrier))


def provisioning(client: Client, **given: str) -> Provisioning:
    return Provisioning(client, Wanted(NUMBER, ADDRESSES, FALLBACK, **given))


def test_it_shows_what_it_would_change_and_changes_nothing(client: Client, carrier: SmallCarrier) -> None:
    findings = {finding.what: finding for finding in provisioning(client).look()}

    assert carrier.changes == []
    assert set(findings) == {"application", "number", "api key", "queue"}
    voice = next(d for d in findings["number"].differences if d.field == "voice_url")
    assert (voice.now, voice.wanted) == ("https://demo.test/", ADDRESSES.voice)
    assert SECRET not in repr(findings)


def test_after_it_was_applied_nothing_is_left_to_do(client: Client, carrier: SmallCarrier) -> None:
    first = provisioning(client)
    made: dict[str, str] = {}
    first.apply(first.look(), made.update)
    done = list(carrier.changes)

    again = provisioning(
        client, application_sid=made["CARRIER_TWIML_APP_SID"], api_key_sid=made["CARRIER_API_KEY_SID"]
    )
    findings = again.look()

    assert done == ["create Applications", "update IncomingPhoneNumbers", "create Keys", "create Queues"]
    assert [finding.differences for finding in findings] == [(), (), (), ()]
    again.apply(findings, made.update)
    assert carrier.changes == done
    number = next(iter(carrier.held["IncomingPhoneNumbers"].values()))
    assert number["voice_url"] == "https://hotline.test/carrier/voice#rc=3&rp=5xx,ct,rt"
    assert number["voice_fallback_url"] == FALLBACK
    assert number["status_callback"] == "https://hotline.test/carrier/status#rc=3&rp=5xx,ct,rt"


def test_what_is_there_but_differs_is_changed_in_place(client: Client, carrier: SmallCarrier) -> None:
    application = carrier.add(
        "Applications", "AP", {"friendly_name": "hotline", "voice_url": "https://old.test"}
    )
    carrier.add("Queues", "QU", {"friendly_name": "hotline", "max_size": 100})
    number = next(iter(carrier.held["IncomingPhoneNumbers"].values()))
    number["voice_application_sid"] = "AP" + "9" * 32

    plan = provisioning(client)
    made: dict[str, str] = {}
    plan.apply(plan.look(), made.update)

    assert made["CARRIER_TWIML_APP_SID"] == application["sid"]
    assert application["voice_url"] == ADDRESSES.voice
    assert number["voice_application_sid"] == application["sid"], "it wins over the number's own addresses"
    assert len(carrier.held["Queues"]) == 1
    assert next(iter(carrier.held["Queues"].values()))["max_size"] == 1000


@pytest.mark.parametrize(("status", "why"), [(401, "account"), (503, "away")])
def test_a_fault_is_told_by_its_cause(client: Client, carrier: SmallCarrier, status: int, why: str) -> None:
    carrier.status = status
    with pytest.raises(ProvisioningFailed) as failed:
        provisioning(client).look()
    assert failed.value.why == why


def test_a_number_that_the_account_lacks_is_never_bought(client: Client, carrier: SmallCarrier) -> None:
    carrier.held["IncomingPhoneNumbers"].clear()
    with pytest.raises(ProvisioningFailed, match="number"):
        provisioning(client).look()
    assert carrier.changes == []


def test_a_secret_is_kept_when_a_later_step_fails(client: Client, carrier: SmallCarrier) -> None:
    """It is told once: lost, it would leave a key that nobody can use."""
    made: dict[str, str] = {}
    plan = provisioning(client)
    findings = plan.look()

    def keep(settings: Mapping[str, str]) -> None:
        made.update(settings)
        carrier.status = 503 if "CARRIER_API_KEY_SECRET" in settings else 200

    with pytest.raises(ProvisioningFailed, match="away"):
        plan.apply(findings, keep)
    assert made["CARRIER_API_KEY_SECRET"] == SECRET
    assert carrier.held["Queues"] == {}


def test_a_number_on_a_trunk_is_left_alone(client: Client, carrier: SmallCarrier) -> None:
    next(iter(carrier.held["IncomingPhoneNumbers"].values()))["trunk_sid"] = "TK" + "1" * 32
    with pytest.raises(ProvisioningFailed, match="trunk"):
        provisioning(client).look()


class Door:
    """The command as a person runs it, with the small carrier behind the library."""

    def __init__(self, client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kept = folder / command.KEPT_FILE
        for name, value in {
            "DATA_DIR": str(folder),
            "CARRIER_BASE_URL": "twilio",
            "CARRIER_ACCOUNT_SID": ACCOUNT,
            "CARRIER_AUTH_TOKEN": "token",
            "NUMBER": NUMBER,
            "WEBHOOK_BASE_URL": "https://hotline.test",
            "FALLBACK_URL": FALLBACK,
        }.items():
            monkeypatch.setenv(f"HOTLINE_{name}", value)
        monkeypatch.setattr("twilio.rest.Client", lambda *_args, **_kwargs: client)

    def run(self, *words: str) -> str:
        result = CliRunner().invoke(command.twilio, ["provision", *words])
        if isinstance(result.exception, OperationalFault):
            raise result.exception
        assert result.exit_code == 0, result.output
        return str(result.output)


@pytest.fixture
def door(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(client, tmp_path / "var", monkeypatch)


def test_the_command_keeps_the_secret_in_a_file_of_the_owner_alone(door: Door) -> None:
    assert "nothing was changed" in door.run()
    assert not door.kept.exists()

    said = door.run("--apply")

    assert SECRET not in said
    assert f"HOTLINE_CARRIER_API_KEY_SECRET={SECRET}" in door.kept.read_text()
    assert stat.S_IMODE(door.kept.stat().st_mode) == 0o600
    assert "nothing to do" in door.run("--apply")


def test_the_command_says_how_to_mend_a_wrong_account(door: Door, carrier: SmallCarrier) -> None:
    carrier.status = 401
    with pytest.raises(OperationalFault, match="HOTLINE_CARRIER_AUTH_TOKEN"):
        door.run()


def test_a_request_that_the_description_does_not_know_is_refused_by_the_judge(client: Client) -> None:
    """The judge itself is judged: were it to let anything pass, the tests above would mean little."""
    with pytest.raises(Exception, match=r"(?i)not found|path"):
        client.http_client.request("GET", f"https://api.twilio.com{ROOT}/Nothing.json", auth=("a", "b"))
    with pytest.raises(Exception, match=r"(?i)request|body|required|valid"):
        client.http_client.request(
            "POST", f"https://api.twilio.com{ROOT}/Queues.json", data={"MaxSize": "many"}, auth=("a", "b")
        )


def test_a_network_that_is_away_is_told_so(carrier_description: CarrierDescription) -> None:
    class Away:
        def request(self, *_args: Any, **_parts: Any) -> Response:
            raise requests.ConnectionError

    client = Client(ACCOUNT, "token", http_client=JudgedClient(carrier_description, Away()))
    with pytest.raises(ProvisioningFailed, match="away"):
        provisioning(client).look()
