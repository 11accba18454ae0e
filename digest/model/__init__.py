"""The project's terms as frozen types, one for each stage of the data flow.

source -> dump -> records -> papers -> selection -> digest -> renderings -> deliveries

No behaviour beyond what follows from the fields themselves; no I/O, no clock. All text here is
*clean text* (see `digest.text.clean`). Unknown is None, never a guess.
"""

from digest.model.coverage import CoverageState, DayCoverage
from digest.model.dates import PartialDate
from digest.model.digest import (
    Digest,
    Entry,
    FeedItem,
    MarkedText,
    Reason,
    RenderingFormat,
    Section,
    Segment,
)
from digest.model.mailbox import Mailbox
from digest.model.matches import (
    CountCondition,
    Coverage,
    LearnedScore,
    Match,
    MatchField,
    MostSimilar,
    Pick,
    RuleMatch,
    Selection,
    WeightedWord,
)
from digest.model.papers import (
    Announcement,
    DumpFormat,
    DumpInfo,
    Paper,
    Record,
    Refusal,
)
from digest.model.people import Name
from digest.model.settings import (
    Detail,
    EmailSettings,
    FolderSource,
    Order,
    Profile,
    RuleGroup,
    SmtpSettings,
    ZoteroSettings,
)

__all__ = [
    "Announcement",
    "CountCondition",
    "Coverage",
    "CoverageState",
    "DayCoverage",
    "Detail",
    "Digest",
    "DumpFormat",
    "DumpInfo",
    "EmailSettings",
    "Entry",
    "FeedItem",
    "FolderSource",
    "LearnedScore",
    "Mailbox",
    "MarkedText",
    "Match",
    "MatchField",
    "MostSimilar",
    "Name",
    "Order",
    "Paper",
    "PartialDate",
    "Pick",
    "Profile",
    "Reason",
    "Record",
    "Refusal",
    "RenderingFormat",
    "RuleGroup",
    "RuleMatch",
    "Section",
    "Segment",
    "Selection",
    "SmtpSettings",
    "WeightedWord",
    "ZoteroSettings",
]
