import { test } from "vitest";
import { measureSize, thisWorkspace } from "../src/size/size.js";
const V: [string,string][] = [["2009-bitmask","and"],["2009-bitmask","subset"],["2010-filter-engine","v2"],["2010-filter-engine","array"],["2010-filter-engine","shipped"],["2010-filter-engine","corrected"],["2011-event-filters","poc"],["2011-event-filters","vision"]];
test("x", () => {
  const w = thisWorkspace();
  for (const [p, v] of V) {
    const t = performance.now();
    const s = measureSize({ package: `@gatehouse/design-${p}`, file: `variants/${v}.ts` }, w);
    const short = (r: any) => `${r.own.code}(${r.own.types})+${r.standsOn.code}(${r.standsOn.types})`;
    if (!s.ok) { console.log(p, v, s.error); continue; }
    console.log(v, (performance.now()-t).toFixed(), "K", short(s.value.sides.kernel), "U", short(s.value.sides.user), "B", short(s.value.sides.bench), "chk", short(s.value.check), "inst", short(s.value.installation), s.value.before.join(), s.value.patch.map((f) => `${f.file}:${f.code}/${f.comment}/${f.blank}`).join(" "));
  }
});
