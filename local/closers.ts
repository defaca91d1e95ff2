/** What a part has opened so far, to be closed in the reverse order: at its end, or where it fails to start. */
export function closers() {
  const opened: (() => unknown)[] = [];
  return {
    add: (close: () => unknown) => void opened.push(close),
    async closeAll(): Promise<void> {
      for (const close of opened.splice(0).toReversed()) await close();
    },
  };
}

/** What loads once it is open: loaded, or stopped again. */
export async function loadedOrStopped<Loaded>(opened: {
  readonly loaded: Promise<Loaded>;
  stop(): Promise<void>;
}): Promise<Loaded> {
  try {
    return await opened.loaded;
  } catch (error) {
    await opened.stop();
    throw error;
  }
}

export type Closers = ReturnType<typeof closers>;
