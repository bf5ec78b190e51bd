/** A sandbox app has a test clock and tells at once; a live one is paced and takes public addresses only. */
export type AppMode = 'sandbox' | 'live';
