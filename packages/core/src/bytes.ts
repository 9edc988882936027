// The kernel's strings are bytes. Inside Gatehouse a string that stands for them has one code unit a byte
// (Latin-1), so that lengths, columns and globs count as the kernel counts.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8");

/** A string whose code units are all below 256, each one byte. */
export type ByteString = string;

/** The UTF-8 bytes of `text`. */
export function toByteString(text: string): ByteString {
  if (isAscii(text)) return text;
  let bytes = "";
  for (const byte of encoder.encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** What a person should see: the bytes read as UTF-8, with U+FFFD where they are none. */
export function fromByteString(bytes: ByteString): string {
  if (isAscii(bytes)) return bytes;
  return decoder.decode(Uint8Array.from(bytes, (unit) => unit.charCodeAt(0)));
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
