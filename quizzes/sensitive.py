"""What a questionnaire of attitude never asks: nation, religion, monarchy, politics.

A list of words stops the careless, not the inventive: such a matter can be asked without any of them. That is why an author
also declares it, by name, and why somebody reads a questionnaire before it is used.
"""

import re
import unicodedata

from sucharit.kernel import thai_text
from sucharit.kernel.thai_calendar import to_arabic_digits

# Words that hold one of the marked words and mean something else: set aside before looking.
_HARMLESS = (
    "ธรรมชาติ",
    "รสชาติ",
    "พรรคพวก",
    "สถาบันการศึกษา",
    "สถาบันการเงิน",
    "สถาบันวิจัย",
    "สถาบันฝึกอบรม",
    "สถาบันครอบครัว",
)
MARKED = (
    # nation
    "ชาติ",
    "ประเทศไทย",
    "คนต่างด้าว",
    "ต่างด้าว",
    "แบ่งแยกดินแดน",
    # religion
    "ศาสน",
    "พุทธ",
    "อิสลาม",
    "มุสลิม",
    "คริสต์",
    "ฮินดู",
    "ซิกข์",
    "พระสงฆ์",
    "มัสยิด",
    "โบสถ์",
    # monarchy
    "กษัตริย์",
    "ราชวงศ์",
    "พระราชวงศ์",
    "ราชวัง",
    "ราชินี",
    "ในหลวง",
    "พระเจ้าอยู่หัว",
    "พระองค์",
    "เบื้องสูง",
    "สถาบัน",
    "มาตรา112",
    "ม.112",
    # politics
    "การเมือง",
    "พรรค",
    "เลือกตั้ง",
    "ลงคะแนนเสียง",
    "ประชาธิปไตย",
    "เผด็จการ",
    "รัฐประหาร",
    "ปฏิวัติ",
    "รัฐบาล",
    "ฝ่ายค้าน",
    "รัฐสภา",
    "วุฒิสภา",
    "วุฒิสมาชิก",
    "ผู้แทนราษฎร",
    "รัฐมนตรี",
    "รัฐธรรมนูญ",
    "ม็อบ",
    "ชุมนุม",
    "ประท้วง",
    "ส.ส.",
    "สว.",
    "สส.",
    "ส.ว.",
    "เสื้อแดง",
    "เสื้อเหลือง",
    # the same in English
    "monarch",
    "religio",
    "politic",
    "election",
    "nationali",
)


def touches(text: str) -> str:
    """The marked word that a text holds, or "". Spaces, case, Thai digits and invisible characters hide nothing."""
    plain = to_arabic_digits(thai_text.normalise(text)).casefold()
    # Format characters (Cf) and spaces are what one would put inside a word to slip it through.
    plain = "".join(char for char in plain if unicodedata.category(char) not in {"Cf", "Zs", "Cc"})
    plain = re.sub("|".join(_HARMLESS), "·", plain)
    return next((word for word in MARKED if word in plain), "")
