"""The yardstick's templates: the same things on the page as ours, in the plainest markup."""

FRAME = """<!doctype html><html lang="th"><head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title></head><body>
<header><a href="/">สุจริต</a><nav><a href="/my/">การเรียนของฉัน</a> <a href="/courses/">รายวิชา</a></nav>
{% if user.is_authenticated %}<span>{{ user.name }}</span><form method="post" action="/logout/">{% csrf_token %}<button>ออกจากระบบ</button></form>{% endif %}</header>
{% for message in messages %}<p>{{ message }}</p>{% endfor %}
<main>{% block main %}{% endblock %}</main><footer>สำนักงาน ก.พ.</footer>{{ furniture }}</body></html>"""
TOP = (
    '{% extends "frame.html" %}{% block title %}{{ title }}{% endblock %}{% block main %}<h1>{{ title }}</h1>'
)
END = "{% endblock %}"
STEPS = """<ol>{% for step in steps %}<li{% if step.read %} class="done"{% endif %}><a href="{{ step.url }}">{{ step.title }}</a> {{ step.minutes }} นาที</li>{% endfor %}</ol>"""

PAGES = {
    "frame.html": FRAME,
    "catalogue.html": TOP
    + """<ul>{% for course in courses %}<li><article><h2><a href="/courses/{{ course.code }}/">{{ course.title }}</a></h2>
<img src="{{ course.cover }}" alt=""><p>{{ course.summary }}</p><p>{{ course.minutes }} นาที {{ course.lessons }} บทเรียน</p></article></li>{% endfor %}</ul>"""
    + END,
    "course.html": TOP
    + "{{ body }}"
    + STEPS
    + """<form method="post" action="/courses/{{ course.code }}/begin/">{% csrf_token %}<button>เริ่มเรียน</button></form>"""
    + END,
    "lesson.html": TOP
    + STEPS
    + """<article>{{ body }}</article><p>{{ percent }} %</p>
<form method="post" action="/courses/{{ code }}/{{ number }}/read/">{% csrf_token %}<button>อ่านจบแล้ว</button></form>"""
    + END,
    "test.html": TOP
    + """<p>14 ข้อ</p><ul>{% for attempt in attempts %}<li>{{ attempt.submitted_at }} {{ attempt.score }}</li>{% endfor %}</ul>
<form method="post">{% csrf_token %}<button>เริ่มทำแบบทดสอบ</button></form>"""
    + END,
    "attempt.html": TOP
    + """<form method="post">{% csrf_token %}{% for item in items %}<fieldset><legend>{{ forloop.counter }} {{ item.stem|linebreaksbr }}</legend>
{% for choice in item.choices %}<label><input type="checkbox" name="q{{ item.pk }}" value="{{ choice.id }}">{{ choice.text }}</label>{% endfor %}</fieldset>{% endfor %}<button>ส่ง</button></form>"""
    + END,
    "result.html": TOP
    + """<p>{{ attempt.score }}</p>{% for item in items %}<article><h2>{{ item.stem|linebreaksbr }}</h2><ul>
{% for choice in item.choices %}<li{% if choice.correct %} class="right"{% endif %}>{{ choice.text }} {{ choice.feedback }}</li>{% endfor %}</ul></article>{% endfor %}"""
    + END,
    "passed.html": TOP
    + "<p>{{ done.name }} {{ done.agency_name }} {{ done.score }} {{ done.completed_at }}</p>"
    + END,
    "people.html": TOP
    + """<p>{{ done }} จาก {{ total }} คน</p><table><thead><tr><th>ชื่อ<th>หน่วยงาน<th>ตำแหน่ง<th>ระดับ<th>สถานะ<th>ครบกำหนด<th>วันที่ผ่าน</tr></thead>
<tbody>{% for row in rows %}<tr><th><a href="/hr/people/{{ row.public_id }}/">{{ row.name }}</a></th><td>{{ row.agency_name }}</td><td>{{ row.position }}</td><td>{{ row.level }}</td><td>{{ row.state }}</td><td>{{ row.due_on }}</td><td>{{ row.completed_at|default:"–" }}</td></tr>{% endfor %}</tbody></table>
{% if next %}<a href="?after={{ next|urlencode }}">ถัดไป</a>{% endif %}"""
    + END,
    "login.html": TOP
    + """{% if failed %}<p>อีเมลหรือรหัสผ่านไม่ถูกต้อง</p>{% endif %}<form method="post">{% csrf_token %}<input name="login"><input name="password" type="password"><button>เข้าสู่ระบบ</button></form>"""
    + END,
}
