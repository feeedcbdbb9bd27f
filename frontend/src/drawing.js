// The text of a drawing, or nothing: whoever was logged off meanwhile is led to a page, which is no drawing.
export async function drawing(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  return answer.ok && !answer.redirected ? answer.text() : null;
}
