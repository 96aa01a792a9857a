/** Owns how the lack of an app is kept: as an empty text, so that it can be part of a key. */

export const NO_APP = '';
export const appColumn = (appId: string | null): string => appId ?? NO_APP;
