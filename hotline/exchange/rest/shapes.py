"""Resources as JSON, field for field as in the carrier's OpenAPI description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotline.exchange.moments import rfc2822

if TYPE_CHECKING:
    from hotline.exchange.call import Call
    from hotline.exchange.conferences import Conference, JoinOptions, Participant
    from hotline.exchange.kept_recordings import StoredRecording
    from hotline.exchange.messages import Message
    from hotline.exchange.streams import Stream
    from hotline.exchange.waiting import CallQueue, Entry

VERSION = "2010-04-01"
CALL_PARTS = {
    "events": "Events", "notifications": "Notifications", "payments": "Payments", "recordings": "Recordings",
    "siprec": "Siprec", "streams": "Streams", "transcriptions": "Transcriptions",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}  # fmt: skip


def root(account: str) -> str:
    return f"/{VERSION}/Accounts/{account}"


def call_shape(call: Call) -> dict[str, Any]:
    account = call.exchange.configuration.account_sid
    uri = f"{root(account)}/Calls/{call.sid}"
    return {
        "sid": call.sid,
        "account_sid": account,
        "parent_call_sid": call.parent_sid,
        "phone_number_sid": None,
        "to": call.called,
        "to_formatted": call.called,
        "from": call.caller,
        "from_formatted": call.caller,
        "status": call.status,
        "direction": call.direction,
        "start_time": rfc2822(call.answered_at or (call.ended_at and call.created_at)),
        "end_time": rfc2822(call.ended_at),
        "duration": str(call.duration_seconds) if call.ended_at else None,
        "date_created": rfc2822(call.created_at),
        "date_updated": rfc2822(call.updated_at),
        "price": None,
        "price_unit": "USD",
        "answered_by": None,
        "annotation": None,
        "api_version": VERSION,
        "forwarded_from": call.forwarded_from,
        "group_sid": None,
        "caller_name": None,
        "queue_time": str(call.queue_seconds * 1000),
        "trunk_sid": None,
        "uri": uri + ".json",
        "subresource_uris": {name: f"{uri}/{path}.json" for name, path in CALL_PARTS.items()},
    }


def message_shape(message: Message, account: str) -> dict[str, Any]:
    uri = f"{root(account)}/Messages/{message.sid}"
    return {
        "sid": message.sid,
        "account_sid": account,
        "messaging_service_sid": None,
        "api_version": VERSION,
        "body": message.body,
        "num_segments": str(message.segments),
        "num_media": "0",
        "direction": "outbound-api",
        "from": message.sender,
        "to": message.to,
        "status": message.status,
        "error_code": None,
        "error_message": None,
        "price": None,
        "price_unit": "USD",
        "date_created": rfc2822(message.created_at),
        "date_sent": rfc2822(message.sent_at),
        "date_updated": rfc2822(message.updated_at),
        "uri": uri + ".json",
        "subresource_uris": {"media": uri + "/Media.json"},
    }


def queue_shape(queue: CallQueue, account: str) -> dict[str, Any]:
    uri = f"{root(account)}/Queues/{queue.sid}"
    return {
        "sid": queue.sid,
        "account_sid": account,
        "friendly_name": queue.name,
        "current_size": len(queue.entries),
        "average_wait_time": queue.average_wait_seconds,
        "max_size": queue.max_size,
        "date_created": rfc2822(queue.created_at),
        "date_updated": rfc2822(queue.updated_at),
        "uri": uri + ".json",
        "subresource_uris": {"members": uri + "/Members.json"},
    }


def member_shape(entry: Entry, account: str) -> dict[str, Any]:
    return {
        "call_sid": entry.call.sid,
        "queue_sid": entry.queue.sid,
        "date_enqueued": rfc2822(entry.enqueued_at),
        "position": entry.position,
        "wait_time": entry.wait_seconds,
        "uri": f"{root(account)}/Queues/{entry.queue.sid}/Members/{entry.call.sid}.json",
    }


def conference_shape(conference: Conference, account: str) -> dict[str, Any]:
    uri = f"{root(account)}/Conferences/{conference.sid}"
    reason = conference.reason_ended if conference.status == "completed" else None
    return {
        "sid": conference.sid,
        "account_sid": account,
        "friendly_name": conference.name,
        "status": conference.status,
        "region": "us1",
        "api_version": VERSION,
        "date_created": rfc2822(conference.created_at),
        "date_updated": rfc2822(conference.updated_at),
        "reason_conference_ended": reason,
        "call_sid_ending_conference": conference.ended_by,
        "uri": uri + ".json",
        "subresource_uris": {
            "participants": uri + "/Participants.json",
            "recordings": uri + "/Recordings.json",
        },
    }


def participant_shape(participant: Participant, conference: Conference, account: str) -> dict[str, Any]:
    return {
        **_participant(participant.call, participant.options, conference, account),
        "status": participant.status,
        "muted": participant.member.muted,
        "hold": participant.member.on_hold,
        "end_conference_on_exit": participant.end_on_exit,
        "coaching": participant.member.coaches is not None,
        "call_sid_to_coach": participant.coach or None,
        "date_created": rfc2822(participant.created_at),
        "date_updated": rfc2822(participant.updated_at),
    }


def expected_shape(call: Call, options: JoinOptions, conference: Conference, account: str) -> dict[str, Any]:
    """A participant whose leg still rings."""
    statuses = {"queued": "queued", "ringing": "ringing", "in-progress": "connecting"}
    return {
        **_participant(call, options, conference, account),
        "status": statuses.get(call.status, "failed"),
        "muted": options.muted,
        "hold": False,
        "end_conference_on_exit": options.end_on_exit,
        "coaching": bool(options.coach),
        "call_sid_to_coach": options.coach or None,
        "date_created": rfc2822(call.created_at),
        "date_updated": rfc2822(call.updated_at),
    }


def _participant(call: Call, options: JoinOptions, conference: Conference, account: str) -> dict[str, Any]:
    return {
        "account_sid": account,
        "call_sid": call.sid,
        "conference_sid": conference.sid,
        "label": options.label or None,
        "start_conference_on_enter": options.start_on_enter,
        "queue_time": str(call.queue_seconds * 1000),
        "uri": f"{root(account)}/Conferences/{conference.sid}/Participants/{call.sid}.json",
    }


def stream_shape(stream: Stream, call: Call) -> dict[str, Any]:
    account = call.exchange.configuration.account_sid
    return {
        "sid": stream.sid,
        "account_sid": account,
        "call_sid": call.sid,
        "name": None if stream.name == stream.sid else stream.name,
        "status": stream.status,
        "date_updated": rfc2822(stream.updated_at),
        "uri": f"{root(account)}/Calls/{call.sid}/Streams/{stream.sid}.json",
    }


def recording_shape(recording: StoredRecording, account: str, under_call: bool = False) -> dict[str, Any]:
    own = f"{root(account)}/Recordings/{recording.sid}"
    shape: dict[str, Any] = {
        "sid": recording.sid,
        "account_sid": account,
        "call_sid": recording.call_sid,
        "conference_sid": recording.conference_sid,
        "api_version": VERSION,
        "channels": recording.channels,
        "source": recording.source,
        "status": recording.status,
        "track": recording.track,
        "duration": str(recording.duration_seconds) if recording.is_finished else None,
        "start_time": rfc2822(recording.started_at),
        "date_created": rfc2822(recording.created_at),
        "date_updated": rfc2822(recording.updated_at),
        "price": None,
        "price_unit": "USD",
        "error_code": recording.error_code,
        "encryption_details": None,
        "uri": f"{root(account)}/Calls/{recording.call_sid}/Recordings/{recording.sid}.json"
        if under_call
        else own + ".json",
    }
    if not under_call:
        shape["media_url"] = recording.url
        shape["subresource_uris"] = {
            "add_on_results": own + "/AddOnResults.json",
            "transcriptions": own + "/Transcriptions.json",
        }
    return shape
