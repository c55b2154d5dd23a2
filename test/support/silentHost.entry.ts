/** A host program that never listens, as one that hangs while it starts. */
setInterval(() => undefined, 1_000);
