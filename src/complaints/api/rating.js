"use strict";

const TEXTS = {
  zh: {
    title: "请为我们的处理打分",
    number: "投诉编号：",
    question: "您对处理结果满意吗？",
    worst: "很不满意",
    best: "非常满意",
    words: "想对我们说的话（可不填）",
    send: "提交",
    thanks: "感谢您的评价。",
    reopened: "很抱歉没有让您满意。我们已重新处理，会尽快与您联系。",
    rated: "您已经评价过了，谢谢。",
    gone: "该链接无效或已过期。如需帮助，请直接联系酒店。",
    again: "暂时无法提交，请稍后再试。",
  },
  en: {
    title: "How did we handle it?",
    number: "Your complaint: ",
    question: "Are you content with what we did?",
    worst: "Not at all",
    best: "Very much",
    words: "Anything you want to tell us (optional)",
    send: "Send",
    thanks: "Thank you for telling us.",
    reopened: "We are sorry that you are not content. We are looking into it again and will contact you soon.",
    rated: "You have told us already. Thank you.",
    gone: "This link is not valid, or no longer. Please contact the hotel directly.",
    again: "This cannot be sent just now. Please try again in a moment.",
  },
};

const token = location.hash.slice(1);
const place = (id) => document.getElementById(id);
let texts = TEXTS[navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en"];

function speak(language) {
  const chinese = (language || navigator.language).toLowerCase().startsWith("zh");
  texts = TEXTS[chinese ? "zh" : "en"];
  document.documentElement.lang = chinese ? "zh-CN" : "en";
  for (const id of ["question", "worst", "best", "words", "send"]) place(id).textContent = texts[id];
}

function finish(text) {
  place("form").hidden = true;
  place("message").textContent = text;
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
    referrerPolicy: "no-referrer",
  });
  return { status: answer.status, body: await answer.json().catch(() => ({})) };
}

async function open() {
  speak();
  place("title").textContent = texts.title;
  if (!token) return finish(texts.gone);
  const { status, body } = await post("/v1/ratings/preview", { token });
  if (status !== 200) return finish(status === 404 ? texts.gone : texts.again);
  speak(body.language);
  document.title = body.hotel_name;
  place("title").textContent = body.hotel_name;
  place("number").textContent = texts.number + body.complaint_number;
  if (body.rated) return finish(texts.rated);
  place("form").hidden = false;
}

place("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const chosen = document.querySelector("input[name=rating]:checked");
  if (!chosen) return;
  const words = place("comment").value.trim();
  place("send").disabled = true;
  place("fault").textContent = "";
  const sent = { token, rating: Number(chosen.value), ...(words && { comment: words }) };
  const { status, body } = await post("/v1/ratings", sent).catch(() => ({ status: 0 }));
  place("send").disabled = false;
  if (status === 200) return finish(body.reopened ? texts.reopened : texts.thanks);
  if (status === 409) return finish(texts.rated);
  if (status === 404) return finish(texts.gone);
  place("fault").textContent = texts.again;
});

open().catch(() => finish(texts.again));
