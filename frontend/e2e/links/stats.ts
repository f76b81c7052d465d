/** What the browser's own counters say of a stretch of a call (W3C webrtc-stats). Pure: samples in, figures out. */

export type Entry = Record<string, unknown> & { id: string; type: string };

/** Sample is all counters at one instant, in milliseconds of the test's clock. */
export interface Sample { at: number; entries: Entry[] }

function number(entry: Entry | undefined, key: string): number {
  const value = entry?.[key];
  return typeof value === "number" ? value : 0;
}

function inbound(sample: Sample, kind: "audio" | "video"): Entry[] {
  return sample.entries.filter((e) => e.type === "inbound-rtp" && e["kind"] === kind);
}

/** growth is what a counter has grown by. One that is smaller belongs to a new connection and began at nothing. */
function growth(from: Entry | undefined, to: Entry, key: string): number {
  const [before, after] = [number(from, key), number(to, key)];
  return after >= before ? after - before : after;
}

/** sum adds up the growth of a counter over all lines of a kind. */
export function sum(from: Sample, to: Sample, kind: "audio" | "video", key: string): number {
  return inbound(to, kind).reduce((total, entry) => total + growth(from.entries.find((e) => e.id === entry.id), entry, key), 0);
}

/** sounding is the audio lines on which something came. */
export function sounding(from: Sample, to: Sample): Set<string> {
  return new Set(inbound(to, "audio").filter((entry) => growth(from.entries.find((e) => e.id === entry.id), entry, "packetsReceived") > 0).map((e) => e.id));
}

/**
 * gap is the share of what should have been heard that was made up instead, in percent, on lines on which something came.
 * Made-up silence is no gap: an empty line counts it for ever. 100 when nothing came at all.
 */
export function gap(from: Sample, to: Sample, lines: ReadonlySet<string> = sounding(from, to)): number {
  let [concealed, received] = [0, 0];
  for (const entry of inbound(to, "audio")) {
    if (!lines.has(entry.id)) continue;
    const before = from.entries.find((e) => e.id === entry.id);
    concealed += growth(before, entry, "concealedSamples") - growth(before, entry, "silentConcealedSamples");
    received += growth(before, entry, "totalSamplesReceived");
  }
  return received === 0 ? 100 : (100 * concealed) / received;
}

/** jitterBuffer is how long sound waited before it was played, in milliseconds on average. */
export function jitterBuffer(from: Sample, to: Sample): number {
  const emitted = sum(from, to, "audio", "jitterBufferEmittedCount");
  return emitted === 0 ? 0 : (1000 * sum(from, to, "audio", "jitterBufferDelay")) / emitted;
}

/** networkBuffer is how much of that the network's jitter asked for; what is beyond it waits for the picture, to be in step. */
export function networkBuffer(from: Sample, to: Sample): number {
  const emitted = sum(from, to, "audio", "jitterBufferEmittedCount");
  return emitted === 0 ? 0 : (1000 * sum(from, to, "audio", "jitterBufferMinimumDelay")) / emitted;
}

/** pictures is the most frames a second on any line, and the height of the tallest picture. */
export function pictures(from: Sample, to: Sample): { fps: number; height: number } {
  const seconds = (to.at - from.at) / 1000;
  const rates = inbound(to, "video").map((entry) => growth(from.entries.find((e) => e.id === entry.id), entry, "framesDecoded") / seconds);
  return { fps: Math.max(0, ...rates), height: Math.max(0, ...inbound(to, "video").map((e) => number(e, "frameHeight"))) };
}

/** frozen is the share of the time that pictures stood still, in percent. */
export function frozen(from: Sample, to: Sample): number {
  return (100 * 1000 * sum(from, to, "video", "totalFreezesDuration")) / (to.at - from.at);
}

/** pair is the way the connection goes. */
export function pair(sample: Sample): Entry | undefined {
  const transport = sample.entries.find((e) => e.type === "transport");
  return sample.entries.find((e) => e.id === transport?.["selectedCandidatePairId"]);
}

/** localCandidate is our end of that way. */
export function localCandidate(sample: Sample): Entry | undefined {
  return sample.entries.find((e) => e.id === pair(sample)?.["localCandidateId"]);
}

/** pairChanges is how often another way was chosen. */
export function pairChanges(sample: Sample): number {
  return number(sample.entries.find((e) => e.type === "transport"), "selectedCandidatePairChanges");
}

/** roundTrip is the longest round trip of the chosen way in these samples, in milliseconds. */
export function roundTrip(samples: readonly Sample[]): number {
  return Math.max(0, ...samples.map((s) => 1000 * number(pair(s), "currentRoundTripTime")));
}

/** heard says of each second between samples whether sound came that was not made up, and when the second ended. */
export function heard(samples: readonly Sample[]): { at: number; sound: boolean }[] {
  return samples.slice(1).flatMap((to, i) => {
    const from = samples[i];
    if (!from) return [];
    const received = sum(from, to, "audio", "totalSamplesReceived");
    const concealed = sum(from, to, "audio", "concealedSamples");
    return [{ at: to.at, sound: sum(from, to, "audio", "packetsReceived") > 0 && concealed < received / 2 }];
  });
}

/** continuousFrom is when the last stretch without sound ended; infinite when the last one has none. */
export function continuousFrom(samples: readonly Sample[]): number {
  const stretches = heard(samples);
  if (!stretches.at(-1)?.sound) return Infinity;
  const last = stretches.findLastIndex((s) => !s.sound);
  return last < 0 ? (samples[0]?.at ?? Infinity) : (stretches[last]?.at ?? Infinity);
}

/** soundAgain is when sound first came after an instant. */
export function soundAgain(samples: readonly Sample[], after: number): number {
  return heard(samples.filter((s) => s.at >= after)).find((s) => s.sound)?.at ?? Infinity;
}

/** lastPicture is when bytes of pictures last came. */
export function lastPicture(samples: readonly Sample[]): number {
  return samples.reduce((last, to, i) => {
    const from = samples[i - 1];
    return from && sum(from, to, "video", "bytesReceived") > 0 ? to.at : last;
  }, -Infinity);
}

/** pictureAgain is when a frame was first decoded after an instant. */
export function pictureAgain(samples: readonly Sample[], after: number): number {
  const later = samples.filter((s) => s.at >= after);
  return later.find((to, i) => { const from = later[i - 1]; return from !== undefined && sum(from, to, "video", "framesDecoded") > 0; })?.at ?? Infinity;
}

/** askedKeys is how many key frames each encoding of what we send was asked for, by its rid; pictures only. */
export function askedKeys(from: Sample, to: Sample): Map<string, number> {
  const sent = to.entries.filter((e) => e.type === "outbound-rtp" && e["kind"] === "video");
  return new Map(sent.map((entry) => [String(entry["rid"] ?? "single"), growth(from.entries.find((e) => e.id === entry.id), entry, "pliCount")]));
}
