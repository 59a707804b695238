// Handing over with fewer presses: the seal's photo is kept as soon as it is taken, and what goes to a
// receiving desk is to be examined, unless another purpose was typed. Once a photo is accepted the next field is ready for the scanner.
for (const form of document.querySelectorAll("form[data-sends-itself]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
for (const box of document.querySelectorAll("input[data-purpose]")) {
  const { purpose } = box.form.elements;
  box.addEventListener("change", () => {
    if (box.checked && !purpose.value) purpose.value = box.dataset.purpose;
    else if (!box.checked && purpose.value === box.dataset.purpose) purpose.value = "";
  });
}
if (document.querySelector("[data-accepted=yes]")) {
  document.querySelector("form:has([name=photos]) input[type=text]")?.focus();
}
