// The object events that the mail of 26 May 2011 asks for. No kernel has them: they are what its design would need
// beyond the system-call boundary, where a call's strings are copied and its object is found.
//
//   file_open, file_exec       the mail's own example: a file's event with a field for its label, so that
//                              `label & tmp_t` mediates; inode, owner and mode are what DAC and ACLs look at
//   vfs_getname                Molnar, 13 May 2011: `event_vfs_getname(name)` in getname(), where the audit hook is
//   socket_connect             the mail's claim extended to the other common kind of object
//
// Sizes are ours; names are the kernel's for the same thing (`i_mode` is `mode`, `sin_port` is `port`).

import type { NewEvent } from "@gatehouse/core";

type NewField = NewEvent["fields"][number];

const label: NewField = { name: "label", type: "__data_loc labels", kind: "labels" };
const filename: NewField = { name: "filename", type: "__data_loc char[]", kind: "string" };

const integer = (name: string, type: "u32" | "u64"): NewField => ({ name, type, kind: "number" });

/** The object's own label and what DAC knows of it. */
const file = [
  label,
  integer("inode", "u64"),
  integer("uid", "u32"),
  integer("gid", "u32"),
  integer("mode", "u32"),
];

export const OBJECT_EVENTS: readonly NewEvent[] = [
  { name: "file_open", system: "object", traced: true, fields: [...file, integer("flags", "u32"), filename] },
  { name: "file_exec", system: "object", traced: true, fields: [...file, filename] },
  {
    name: "vfs_getname",
    system: "object",
    traced: true,
    fields: [{ name: "name", type: "__data_loc char[]", kind: "string" }],
  },
  {
    name: "socket_connect",
    system: "object",
    traced: true,
    fields: [label, integer("family", "u32"), integer("port", "u32"), integer("uid", "u32")],
  },
];
