// A test, made easier where there is JavaScript: one question at a time on a narrow screen, live states, a polite clock.
// Without it the page is one form with every question and the two buttons; nothing here is needed to answer or hand in.
(function () {
  "use strict";
  var form = document.querySelector("[data-attempt]");
  if (!form) return;
  function one(name) { return form.querySelector("[" + name + "]"); }
  var questions = Array.prototype.slice.call(form.querySelectorAll("[data-question]"));
  var links = Array.prototype.slice.call(form.querySelectorAll("[data-map] a"));
  var narrow = window.matchMedia("(max-width: 47.99rem)");
  var tick = one("data-tick");
  var walking = narrow.matches, at = 0, warned = false, leaving = false;

  function isAnswered(question) {
    if (question.hasAttribute("data-closed")) return true;
    var picks = Array.prototype.slice.call(question.querySelectorAll("select"));
    var typed = question.querySelector("input[type=text]");
    if (picks.length) return picks.every(function (pick) { return pick.value !== ""; });
    return typed ? typed.value.trim() !== "" : Boolean(question.querySelector("input:checked"));
  }
  function unanswered() { return questions.filter(function (q) { return !isAnswered(q); }); }
  function say(text) { one("data-say").textContent = text; }

  // --- the map of questions
  function paint() {
    var left = unanswered();
    one("data-answered").querySelector("strong").textContent = String(questions.length - left.length);
    links.forEach(function (link, index) {
      var answered = isAnswered(questions[index]);
      var here = walking && index === at;
      link.className = "qnav__item qnav__item--" + (here ? "current" : answered ? "answered" : "open");
      if (here) link.setAttribute("aria-current", "step"); else link.removeAttribute("aria-current");
      var words = link.querySelectorAll(".visually-hidden");
      words[words.length - 1].textContent = (answered ? " ตอบแล้ว" : " ยังไม่ได้ตอบ") + (here ? " ข้อที่กำลังทำ" : "");
      var drawn = link.querySelector("svg");
      if (answered && !drawn) link.appendChild(tick.content.cloneNode(true));
      if (!answered && drawn) drawn.remove();
    });
    if (!left.length) one("data-missing").hidden = true;
  }

  // --- one question at a time
  function show(index, focus) {
    at = Math.max(0, Math.min(questions.length - 1, index));
    var last = at === questions.length - 1;
    questions.forEach(function (q, i) { q.hidden = walking && i !== at; });
    one("data-walk").hidden = !walking;
    one("data-back").hidden = at === 0;
    one("data-next").hidden = last;
    one("data-end").hidden = walking && !last;
    one("data-mode").textContent = walking ? "ดูทุกข้อในหน้าเดียว" : "ดูทีละข้อ";
    paint();
    if (focus) { questions[at].focus({ preventScroll: true }); questions[at].scrollIntoView(); }
  }
  one("data-next").addEventListener("click", function () { show(at + 1, true); });
  one("data-back").addEventListener("click", function () { show(at - 1, true); });
  one("data-mode-box").hidden = false;
  one("data-mode").addEventListener("click", function () { walking = !walking; show(at, true); });
  form.addEventListener("click", function (event) {
    var link = event.target.closest('a[href^="#q-"]');
    if (!link) return;
    event.preventDefault();
    show(Number(link.hash.slice(3)) - 1, true);
  });
  form.addEventListener("change", function () { warned = false; paint(); });

  // --- a reminder before handing in, once; the second press hands in
  form.addEventListener("submit", function (event) {
    leaving = true;
    var button = event.submitter;
    var left = unanswered();
    if (warned || !left.length || (button && button.name !== "submit")) return;
    event.preventDefault();
    leaving = false;
    warned = true;
    var list = one("data-missing-list");
    list.textContent = "";
    left.forEach(function (q, index) {
      var link = document.createElement("a");
      link.href = "#" + q.id;
      link.textContent = "ข้อ " + q.dataset.question;
      if (index) list.appendChild(document.createTextNode(" "));
      list.appendChild(link);
    });
    one("data-missing").hidden = false;
    one("data-missing").focus();
  });

  // --- keeping answers as they are given, one request at a time; a bad line is waited out
  var kept = one("data-kept"), pending = false, asking = false, lost = false, later = 0;
  function shown(text, isFault) {
    kept.hidden = false;
    kept.textContent = text;
    kept.classList.toggle("attempt__kept--fault", isFault);
    if (isFault && !lost) say(text);
    lost = isFault;
  }
  function keepSoon(wait) { window.clearTimeout(later); later = window.setTimeout(keep, wait); }
  function keep() {
    if (asking || leaving) return;
    asking = true;
    pending = false;
    var body = new FormData(form);
    body.append("save", "1");
    fetch(form.action || window.location.href, { method: "POST", body: body, headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) {
        if (answer.status === 409) return shown("แบบทดสอบนี้ส่งแล้วหรือหมดเวลาแล้ว กดส่งคำตอบเพื่อดูผล", true);
        if (!answer.ok || answer.redirected) throw new Error("not kept");
        return answer.json().then(function (said) { shown("บันทึกคำตอบแล้ว " + said.at, false); });
      })
      .catch(function () {
        pending = true;
        shown("ยังบันทึกไม่ได้ คำตอบยังอยู่ในหน้านี้ ระบบจะลองใหม่เมื่อมีสัญญาณ", true);
        keepSoon(15000);
      })
      .then(function () {
        asking = false;
        if (pending && !lost) keepSoon(0);
      });
  }
  function given() { pending = true; keepSoon(800); }
  form.addEventListener("change", given);
  form.addEventListener("input", function (event) { if (event.target.type === "text") given(); });
  window.addEventListener("online", function () { if (pending) keepSoon(0); });

  // --- the clock: the server's, so that a phone with the wrong time changes nothing
  function startClock() {
    if (!form.dataset.deadline) return;
    var total = Date.parse(form.dataset.deadline) - Date.parse(form.dataset.now);
    var begun = performance.now(), shown = one("data-clock"), knob = one("data-clock-switch");
    var told = {}, clockText = shown.querySelector("strong").textContent, icon = shown.querySelector("svg");
    knob.hidden = false;
    knob.addEventListener("click", function () {
      shown.hidden = !shown.hidden;
      knob.setAttribute("aria-pressed", String(shown.hidden));
      knob.textContent = shown.hidden ? "แสดงเวลา" : "ซ่อนเวลา";
    });
    function beat() {
      var left = Math.max(0, total - (performance.now() - begun));
      var minutes = Math.ceil(left / 60000);
      shown.textContent = left > 60000 ? " ส่งได้ถึง " + clockText + " (เหลือ " + minutes + " นาที)" : " เหลือไม่ถึง 1 นาที";
      shown.insertBefore(icon, shown.firstChild);
      [10, 5, 1].forEach(function (mark) {
        if (minutes === mark && total > mark * 60000 && !told[mark]) { told[mark] = true; say("เหลือเวลา " + mark + " นาที"); }
      });
      if (left === 0 && !leaving) {
        // The server takes what arrives within its short grace; after it, what was saved.
        window.clearInterval(timer);
        say("หมดเวลา กำลังส่งคำตอบที่ตอบไว้");
        leaving = true;
        // The button is called "submit" and hides the form's own method of that name.
        HTMLFormElement.prototype.submit.call(form);
      }
    }
    var timer = window.setInterval(beat, 1000);
    beat();
  }

  // A page restored by the back button comes with its answers but not with their states.
  window.addEventListener("pageshow", paint);
  // Whoever asked for the explanation of one question comes back to that one.
  var asked = /^#q-\d+$/.test(window.location.hash) ? Number(window.location.hash.slice(3)) - 1 : -1;
  var first = asked >= 0 ? asked : Math.max(0, questions.findIndex(function (q) { return !isAnswered(q); }));
  show(walking || asked >= 0 ? first : 0, asked >= 0);
  startClock();
})();
