import { test } from "@playwright/test";
import { ends, measure, measureLine, two, until, worlds } from "./call";
import { figure, quick, remark, settleMs, windowMs } from "./figures";
import { good, type Burst, type Link } from "./network";
import { Person } from "./person";
import { askedKeys, continuousFrom, frozen, gap, heard, jitterBuffer, lastPicture, networkBuffer, pictureAgain, pictures, roundTrip, sounding, sum, type Sample } from "./stats";

const world = worlds();

/** A far and narrow link, round trip 300 ms. */
function rural(kbit: number, loss = 0, burst?: Burst): Link {
  const way = { kbit, loss, ...(burst ? { burst } : {}) };
  return { delay: 150, jitter: 10, up: way, down: way };
}

/** A fifth is lost, two or three packets at a time. */
const bursts: Burst = { enter: 8, leave: 20, bad: 70, good: 0.1 };

/** What both ends hear, which is both ways of the far link. */
function sound(who: string, samples: readonly Sample[], most: { gap: number; jitterBuffer?: number }): void {
  const [from, to] = ends(samples);
  figure(`${who}: sound made up`, gap(from, to), { under: most.gap }, " %");
  if (most.jitterBuffer !== undefined) figure(`${who}: jitter buffer`, jitterBuffer(from, to), { under: most.jitterBuffer }, " ms");
  remark(`${who}: jitter buffer that the network asked for`, networkBuffer(from, to), " ms");
}

test("A0 a free link: what browsers and machine add by themselves", async () => {
  const { far, near } = await two(world(), good);
  const [fars, nears] = await measure([far, near]);
  for (const [who, samples] of [["far", fars ?? []], ["near", nears ?? []]] as const) {
    const [from, to] = ends(samples);
    remark(`${who}: sound made up`, gap(from, to), " %");
    remark(`${who}: jitter buffer`, jitterBuffer(from, to), " ms");
    remark(`${who}: pictures a second`, pictures(from, to).fps);
    remark(`${who}: height of the picture`, pictures(from, to).height);
    remark(`${who}: freezes`, sum(from, to, "video", "freezeCount"));
  }
});

test("A1 1 Mbit/s, no loss, round trip 40 ms", async () => {
  const way = { kbit: 1000 };
  const { far, near } = await two(world(), { delay: 20, up: way, down: way });
  const [fars, nears] = await measure([far, near]);
  for (const [who, samples] of [["far", fars ?? []], ["near", nears ?? []]] as const) {
    sound(who, samples, { gap: 0.5, jitterBuffer: 120 });
    const [from, to] = ends(samples);
    figure(`${who}: pictures a second`, pictures(from, to).fps, { atLeast: 20 });
    figure(`${who}: height of the picture`, pictures(from, to).height, { atLeast: 360 });
    figure(`${who}: freezes`, sum(from, to, "video", "freezeCount"), { is: 0 });
  }
});

test("A2 150 kbit/s, 5 % loss", async () => {
  const { far, near, clicked } = await two(world(), rural(150, 5));
  const [fars, nears] = await measureLine([far, near]);
  sound("far", fars ?? [], { gap: 3, jitterBuffer: 350 });
  sound("near", nears ?? [], { gap: 3, jitterBuffer: 350 });
  figure("far: sound goes on from", (continuousFrom(far.between(clicked, Infinity)) - clicked) / 1000, { atMost: 8 }, " s after the click");
  const [from, to] = ends(fars ?? []);
  const { fps } = pictures(from, to);
  const bytes = sum(from, to, "video", "bytesReceived");
  remark("far: pictures a second", fps);
  remark("far: time frozen", frozen(from, to), " %");
  figure("far: no picture, or 7 a second and frozen less than 10 %", bytes === 0 || (fps >= 7 && frozen(from, to) < 10) ? "yes" : "no", { is: "yes" });
});

test("A3 64 kbit/s, 5 % loss", async () => {
  const { far, near, clicked } = await two(world(), rural(64, 5));
  const [fars, nears] = await measureLine([far, near]);
  sound("far", fars ?? [], { gap: 4, jitterBuffer: 450 });
  sound("near", nears ?? [], { gap: 4, jitterBuffer: 450 });
  const [early, end] = ends(far.between(clicked + 5_000, Infinity));
  figure("far: bytes of pictures after 5 s", sum(early, end, "video", "bytesReceived"), { is: 0 });
  figure("far: round trip at most", roundTrip(fars ?? []), { under: 700 }, " ms");
});

test("A4 64 kbit/s, 10 % loss", async () => {
  const { far, near } = await two(world(), rural(64, 10));
  const [fars, nears] = await measureLine([far, near]);
  sound("far", fars ?? [], { gap: 6 });
  sound("near", nears ?? [], { gap: 6 });
  const [from, to] = ends(fars ?? []);
  // The talker near by loses nothing on its own way up: what comes twice is there because of the listener's loss.
  figure("far: sound that came twice (FEC or RED)", sum(from, to, "audio", "fecPacketsReceived"), { over: 0 });
});

test("A5 150 kbit/s, 20 % loss in bursts", async () => {
  const { far, near } = await two(world(), rural(150, 0, bursts));
  const [fars, nears] = await measureLine([far, near]);
  sound("far", fars ?? [], { gap: 10 });
  sound("near", nears ?? [], { gap: 10 });
  figure("near: people here", await near.people(), { is: 2 });
  const from = ends(fars ?? [])[0].at;
  figure("far: sockets opened anew", far.sockets.filter((at) => at > from).length, { is: 0 });
});

test("A6 2 Mbit/s, then 100 kbit/s, then 2 Mbit/s", async () => {
  const wide = rural(2000);
  const { far } = await two(world(), wide);
  await far.until("a picture", (s) => pictureAgain(s, 0) < Infinity, 30_000);
  await until(Date.now() + settleMs);
  await far.client.set(rural(100));
  const narrow = Date.now();
  await until(narrow + 20_000);
  figure("far: picture held back after", Math.max(0, lastPicture(far.between(narrow, Infinity)) - narrow) / 1000, { atMost: 3 }, " s");
  figure("far: jitter buffer 10 s after", jitterBuffer(...ends(far.between(narrow + 10_000, narrow + 20_000))), { under: 500 }, " ms");
  remark("far: jitter buffer that the network asked for", networkBuffer(...ends(far.between(narrow + 10_000, narrow + 20_000))), " ms");
  figure("far: sound made up, narrow", gap(...ends(far.between(narrow + 10_000, narrow + 20_000))), { under: 3 }, " %");
  await far.client.set(wide);
  const back = Date.now();
  await far.until("a picture again", (s) => pictureAgain(s, back) < Infinity, 60_000, back).catch(() => undefined);
  figure("far: picture back after", (pictureAgain(far.samples, back) - back) / 1000, { atMost: 30 }, " s");
});

test("A11 one on 64 kbit/s with 5 % loss among four on good links", async () => {
  const w = world();
  const { far: second, near: first, links } = await two(w, good, 5);
  const crowd = await w.network.client("bots", good);
  w.bots(crowd.inside, links.slice(0, 2), 900);
  const last = links[2];
  if (!last) throw new Error("a third link is needed");
  const weak = await Person.open(w, await w.network.client("weak", good), "weak");
  await weak.come(last);
  const before = await measure([first, second]);
  await weak.client.set(rural(64, 5));
  await weak.join();
  const after = await measure([first, second]);
  for (const [i, who] of ["first", "second"].entries()) {
    const [from, to] = ends(after[i] ?? []);
    // The voices that were there before: the weak one's own is as its line is.
    figure(`${who}: sound of the others made up`, gap(from, to, sounding(...ends(before[i] ?? []))), { under: 0.5 }, " %");
    remark(`${who}: sound made up, with the weak one's`, gap(from, to), " %");
    figure(`${who}: freezes`, sum(from, to, "video", "freezeCount"), { is: 0 });
    const [alone, together] = [pictures(...ends(before[i] ?? [])).fps, pictures(from, to).fps];
    remark(`${who}: pictures a second before`, alone);
    figure(`${who}: pictures a second, of those before`, (100 * together) / alone, { atLeast: 95 }, " %");
  }
});

test("A12 five minutes without loss, then 5 %", async () => {
  const clean: Link = { delay: 20, up: {}, down: {} };
  const { far } = await two(world(), clean);
  await until(Date.now() + 5 * windowMs);
  await far.client.set({ ...clean, up: { loss: 5 }, down: { loss: 5 } });
  const lossy = Date.now();
  await until(lossy + windowMs);
  const [from, to] = ends(far.between(lossy, Infinity));
  figure("far: packets of pictures sent again and received", sum(from, to, "video", "retransmittedPacketsReceived"), { over: 0 });
  figure("far: pictures a second", pictures(from, to).fps, { atLeast: 15 });
  remark("far: bytes of pictures", sum(from, to, "video", "bytesReceived"));
  remark("far: key frames asked for", sum(from, to, "video", "pliCount"));
  remark("far: sound made up", gap(from, to), " %");
  figure("far: time frozen", frozen(from, to), { under: 10 }, " %");
});

test("A15 twelve come within five seconds @quick", async () => {
  const w = world();
  const { far, near, links } = await two(w, good, 12);
  await near.until("a picture", (s) => pictureAgain(s, 0) < Infinity, 30_000);
  const crowd = await w.network.client("bots", good);
  const coming = Date.now();
  w.bots(crowd.inside, links, 300);
  await near.people(12);
  remark("near: twelve are here after", (Date.now() - coming) / 1000, " s");
  await until(coming + (quick ? 10_000 : 20_000));
  for (const [who, person] of [["near", near], ["far", far]] as const) {
    const [from, to] = ends(person.between(coming, Infinity));
    for (const [rid, asked] of askedKeys(from, to)) {
      figure(`${who}: key frames asked of ${rid}, in half seconds`, asked / ((to.at - from.at) / 500), { atMost: 1 });
      remark(`${who}: key frames asked of ${rid}`, asked);
    }
    figure(`${who}: offers`, await person.offers(), { is: 1 });
    remark(`${who}: voices`, sounding(from, to).size);
    figure(`${who}: seconds without sound`, heard(person.between(coming, Infinity)).filter((s) => !s.sound).length / 2, { atMost: 1 });
  }
});
