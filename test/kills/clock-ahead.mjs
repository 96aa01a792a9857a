/** Loaded before the program: its clock is ahead of the machine's by CLOCK_AHEAD_MS, as after the machine slept for so long. */

const { now } = Date;
const aheadMs = Number(process.env.CLOCK_AHEAD_MS ?? '0');
Object.assign(Date, { now: () => now() + aheadMs });
