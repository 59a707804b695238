// The sender's clock: by how many minutes it is ahead of UTC, in each form that asks.
const ahead = (moment) => String(-moment.getTimezoneOffset());
for (const field of document.querySelectorAll('input[name="utc_offset"]'))
  field.value = ahead(new Date());

// A time that is written down is by the clock of that day: summer has another than winter. Who
// chooses a clock has chosen it.
for (const clock of document.querySelectorAll("select[data-clock-of]")) {
  const { elements } = clock.form;
  const written = elements.namedItem(clock.dataset.clockOf);
  const source = elements.namedItem("clock");
  let chosen = "chosen" in clock.dataset;
  const follow = () => {
    if (chosen) return;
    const moment = written.value ? new Date(written.value) : new Date();
    const offset = ahead(Number.isNaN(moment.getTime()) ? new Date() : moment);
    if (![...clock.options].some((each) => each.value === offset)) return;
    clock.value = offset;
    source.value = "device";
  };
  clock.addEventListener("change", () => {
    chosen = true;
    source.value = "chosen";
  });
  written.addEventListener("input", follow);
  follow();
}
