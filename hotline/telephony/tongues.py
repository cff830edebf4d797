"""In which language a caller is spoken to, and how it is chosen: key 2, then a key of what is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hotline.routing.arrival import Arrival
from hotline.routing.intake import Intake
from hotline.routing.on_offer import OnOffer, on_offer
from hotline.routing.transactions import reading
from hotline.telephony import language_prompts, prompts
from hotline.telephony.language_prompts import FIRST_KEY, MOST_LANGUAGES
from hotline.telephony.prompts import Line
from hotline.telephony.twiml import Documents
from models.calls import Call
from models.policies import ConsentMode
from models.unit_of_work import Work
from models.vocabulary_network import Language


@dataclass(frozen=True)
class Tongues:
    work: Work
    intake: Intake
    documents: Documents

    def of(self, call: Call) -> Documents:
        """Documents in the caller's language, as far as there is a voice for it."""
        return self.documents.speaking(call.language)

    def greeting(self, arrival: Arrival) -> Line:
        notice = arrival.consent_mode is ConsentMode.NOTICE
        if arrival.language == Language.ENGLISH:
            return (
                language_prompts.GREETING_ENGLISH if notice else language_prompts.GREETING_ENGLISH_ASKS_LATER
            )
        if arrival.english_spoken:
            return language_prompts.GREETING_OFFERS if notice else language_prompts.GREETING_OFFERS_ASKS_LATER
        return prompts.GREETING if notice else prompts.GREETING_ASKS_LATER

    def told(self, now_here: OnOffer, first: bool) -> list[Line]:
        """What the people on duty can give: languages at each telling, specialists at the `first`."""
        lines = []
        if first and now_here.topics:
            lines.append(language_prompts.specialists(now_here.topics))
        if now_here.languages:
            lines.append(language_prompts.offer(now_here.languages))
        return lines

    def menu(self, call: Call, back: str) -> str:
        """English is always there, since its words can be said; the others while somebody speaks them."""
        with reading(self.work) as unit:
            spoken = on_offer(unit.session, unit.now).languages
        others = [language for language in spoken if language is not Language.ENGLISH]
        offered = [Language.ENGLISH, *others][:MOST_LANGUAGES]
        return self.of(call).languages(call.id, language_prompts.menu(offered), back, list(map(str, offered)))

    def choice(self, digits: str, offered: Sequence[str]) -> Language | None:
        """The language of this key, of those that were named; None: no key of the list."""
        if digits == "0":
            return Language.CHINESE
        place = int(digits) - FIRST_KEY if digits.isdigit() else -1
        code = offered[place] if 0 <= place < len(offered) else None
        return Language(code) if code in set(Language) else None

    def chosen(self, call_id: int, language: Language) -> Line:
        """From now on the caller wants to be served in it; the words say whether somebody here can."""
        self.intake.language_chosen(call_id, language)
        with reading(self.work) as unit:
            spoken = language in on_offer(unit.session, unit.now).languages
        return language_prompts.chosen(language, spoken)
