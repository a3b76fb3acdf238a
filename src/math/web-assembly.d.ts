/** What Kith uses of the WebAssembly JavaScript interface, which the types of Node leave out. */
declare namespace WebAssembly {
  class Memory {
    constructor(size: { initial: number });
    readonly buffer: ArrayBuffer;
    /** By pages of 64 KiB; buffers given before are empty afterwards. */
    grow(pages: number): number;
  }
  class Module {
    constructor(code: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, Memory>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  function validate(code: Uint8Array): boolean;
}
