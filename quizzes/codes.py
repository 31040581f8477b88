"""The shape of the codes by which staff know questions and quizzes."""

import re

CODE_SHAPE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
CODE_HELP = "ตัวพิมพ์ใหญ่ ตัวเลข และขีดกลาง เช่น ETH7-101 เปลี่ยนไม่ได้หลังบันทึก"
