// The kernel's strings as text that any program reads and that loses no byte: UTF-8 where they are that, `\xNN` for a
// byte that is not, `\\` for a backslash. JSON lines and Arrow files hold names and paths so.

import { type ByteString, fromByteString, toByteString } from "@gatehouse/core";

export function textOf(bytes: ByteString): string {
  if (!/[\\\x80-\xff]/.test(bytes)) return bytes;
  const escaped = bytes.replaceAll("\\", "\\\\");
  const text = fromByteString(escaped);
  // U+FFFD that stands in the bytes themselves comes back as it was.
  return toByteString(text) === escaped ? text : bytewise(escaped);
}

/** Each character that is well formed as itself, each byte that belongs to none as an escape. */
function bytewise(escaped: ByteString): string {
  return escaped.replace(
    /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]/g,
    (part) => {
      const text = fromByteString(part);
      return toByteString(text) === part ? text : [...part].map(asHex).join("");
    },
  );
}

function asHex(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16)}`;
}

/** The way back. Null where a backslash begins neither escape. */
export function bytesOfText(text: string): ByteString | null {
  if (!text.includes("\\")) return toByteString(text);
  if (/(?:^|[^\\])(?:\\\\)*\\(?!\\|x[0-9a-f]{2})/.test(text)) return null;
  return toByteString(text).replace(/\\(?:\\|x([0-9a-f]{2}))/g, (_, hex) =>
    hex === undefined ? "\\" : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
