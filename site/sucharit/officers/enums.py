"""The closed lists of personnel administration, with the codes that departmental personnel systems use."""

from django.db.models import TextChoices


class AgencyLevel(TextChoices):
    """Depth of a unit in the state, as personnel systems number it."""

    MINISTRY = "01", "กระทรวง"
    DEPARTMENT = "02", "กรม"
    BUREAU = "03", "สำนัก/กอง"
    GROUP = "04", "ฝ่าย/กลุ่มงาน"
    SECTION = "05", "งาน"
    SUB_1 = "06", "ต่ำกว่าสำนัก/กอง 3 ระดับ"
    SUB_2 = "07", "ต่ำกว่าสำนัก/กอง 4 ระดับ"
    SUB_3 = "08", "ต่ำกว่าสำนัก/กอง 5 ระดับ"


class Area(TextChoices):
    """Where an agency stands in the administration of the country."""

    CENTRAL = "central", "ส่วนกลาง"
    CENTRAL_REGIONAL = "central_regional", "ส่วนกลางในภูมิภาค"
    REGIONAL = "regional", "ส่วนภูมิภาค"
    LOCAL = "local", "ส่วนท้องถิ่น"
    ABROAD = "abroad", "ต่างประเทศ"


class HrBody(TextChoices):
    """องค์กรกลางบริหารงานบุคคล: the body that writes the code of ethics for the agency's people."""

    OCSC = "ocsc", "ก.พ."
    UNIVERSITY = "university", "ก.พ.อ."
    TEACHERS = "teachers", "ก.ค.ศ."
    POLICE = "police", "ก.ตร."
    LOCAL = "local", "ก.ถ."
    DEFENCE = "defence", "สภากลาโหม"
    OTHER = "other", "องค์กรอื่น"


class PersonnelType(TextChoices):
    """ประเภทบุคลากร."""

    CIVIL_SERVANT = "civil_servant", "ข้าราชการ"
    PERMANENT_EMPLOYEE = "permanent_employee", "ลูกจ้างประจำ"
    GOVERNMENT_EMPLOYEE = "government_employee", "พนักงานราชการ"
    TEMPORARY_EMPLOYEE = "temporary_employee", "ลูกจ้างชั่วคราว"
    LOCAL_EMPLOYEE = "local_employee", "พนักงานส่วนท้องถิ่น"
    STATE_ENTERPRISE = "state_enterprise", "พนักงานรัฐวิสาหกิจ"


class PositionType(TextChoices):
    """ประเภทตำแหน่ง of ordinary civil servants."""

    GENERAL = "general", "ทั่วไป"
    ACADEMIC = "academic", "วิชาการ"
    MANAGERIAL = "managerial", "อำนวยการ"
    EXECUTIVE = "executive", "บริหาร"
    OTHER = "other", "อื่น ๆ"


class PositionLevel(TextChoices):
    """ระดับตำแหน่ง, with the codes of the personnel systems."""

    O1 = "O1", "ปฏิบัติงาน"
    O2 = "O2", "ชำนาญงาน"
    O3 = "O3", "อาวุโส"
    O4 = "O4", "ทักษะพิเศษ"
    K1 = "K1", "ปฏิบัติการ"
    K2 = "K2", "ชำนาญการ"
    K3 = "K3", "ชำนาญการพิเศษ"
    K4 = "K4", "เชี่ยวชาญ"
    K5 = "K5", "ทรงคุณวุฒิ"
    D1 = "D1", "อำนวยการต้น"
    D2 = "D2", "อำนวยการสูง"
    M1 = "M1", "บริหารต้น"
    M2 = "M2", "บริหารสูง"
    NONE = "-", "ไม่ระบุระดับ"


class Role(TextChoices):
    """What a person may do beyond learning. Every holder of a role carries a second factor."""

    AUTHOR = "author", "ผู้เขียนเนื้อหา"
    EDITOR = "editor", "บรรณาธิการสื่อสาร"
    APPROVER = "approver", "ผู้อนุมัติเนื้อหา"
    AGENCY_HR = "agency_hr", "เจ้าหน้าที่บุคคลของหน่วยงาน"
    CENTRAL_HR = "central_hr", "องค์กรกลางบริหารงานบุคคล"
    SECRETARIAT = "secretariat", "ฝ่ายเลขานุการ ก.ม.จ."
    AUDITOR = "auditor", "ผู้ตรวจสอบ"


class Verb(TextChoices):
    """What one may ask `can` about."""

    LEARN = "learn", "เรียน"
    EDIT_CONTENT = "edit_content", "แก้ไขเนื้อหา"
    MANAGE_QUIZZES = "manage_quizzes", "จัดการคลังคำถามและแบบทดสอบ"
    GRANT_ACCOMMODATIONS = "grant_accommodations", "อนุมัติสิทธิเฉพาะบุคคล"
    OPEN_HR_DESK = "open_hr_desk", "เข้าหน้างานบุคคล"
    VIEW_AGENCY = "view_agency", "ดูภาพรวมของหน่วยงาน"
    VIEW_OFFICER = "view_officer", "ดูประวัติของเจ้าหน้าที่"
    EXPORT_PEOPLE = "export_people", "นำรายชื่อออกเป็นไฟล์"
    CORRECT_RECORDS = "correct_records", "เสนอแก้ไขทะเบียน"
    DECIDE_RECORDS = "decide_records", "พิจารณาการแก้ไขทะเบียน"
    MANAGE_REQUIREMENTS = "manage_requirements", "กำหนดว่าใครต้องเรียนอะไร"
    VIEW_GAIN = "view_gain", "ดูผลการเรียนรู้เป็นกลุ่ม"
    VIEW_RULES = "view_rules", "ดูประวัติของข้อกำหนดการเรียน"


# Named sets, so that no caller spells a list of roles.
CONTENT_ROLES = frozenset({Role.AUTHOR, Role.EDITOR, Role.APPROVER})
PEOPLE_ROLES = frozenset({Role.AGENCY_HR, Role.CENTRAL_HR, Role.SECRETARIAT, Role.AUDITOR})
# Those who may propose and decide corrections of records, each in their reach; whoever audits only looks.
CORRECTING_ROLES = PEOPLE_ROLES - {Role.AUDITOR}
NATIONAL_ROLES = frozenset({Role.SECRETARIAT, Role.AUDITOR})
# Verbs done in Wagtail's admin, and the roles that may do them; superusers may do all of them.
# What an author writes reaches learners when somebody else publishes it; a question or a pass mark has no draft yet, so
# those who may publish pages hold them.
ADMIN_ROLES = {
    Verb.EDIT_CONTENT: CONTENT_ROLES,
    Verb.MANAGE_QUIZZES: CONTENT_ROLES - {Role.AUTHOR},
    Verb.GRANT_ACCOMMODATIONS: frozenset({Role.APPROVER}),
    Verb.MANAGE_REQUIREMENTS: frozenset({Role.SECRETARIAT}),
    # What a course teaches: those who mend it and those who answer for it. An agency's HR sees who completed, never how well.
    Verb.VIEW_GAIN: (CONTENT_ROLES - {Role.AUTHOR}) | {Role.SECRETARIAT},
    # Read outside the admin, in which an auditor has no desk.
    Verb.VIEW_RULES: NATIONAL_ROLES,
}
