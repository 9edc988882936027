// npm's sloc has no types of its own; this is the part of it that is used.
declare module "sloc" {
  export default function sloc(code: string, extension: string): { readonly source: number };
}
