/** What VS Code knows the panel by: it must be said before any of its code is read. */

export const VIEW_TYPE = 'familiar.fineTune';
