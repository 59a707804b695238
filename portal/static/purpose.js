// The purpose of the launch before stands in the next one's field, where nothing else does: the same
// person launches many for the same purpose. It is kept as long as this tab is open.
const KEY = "last-purpose";
const last = sessionStorage.getItem(KEY);
for (const field of document.querySelectorAll("form[action$='/launch'] [name=purpose]")) {
  if (last && !field.value && !field.hasAttribute("aria-invalid")) field.value = last;
  field.form.addEventListener("submit", () => sessionStorage.setItem(KEY, field.value));
}
