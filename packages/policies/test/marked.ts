// A text with its faults marked: `allow «raed»` is the text `allow raed` with a fault from 6 to 10.

export type Span = { readonly start: number; readonly end: number };

export function marked(source: string): { readonly text: string; readonly spans: readonly Span[] } {
  const spans: Span[] = [];
  let text = "";
  let start = 0;
  for (const part of source.split(/([«»])/)) {
    if (part === "«") start = text.length;
    else if (part === "»") spans.push({ start, end: text.length });
    else text += part;
  }
  return { text, spans };
}
