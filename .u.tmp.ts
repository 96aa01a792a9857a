import { knowledge } from '/work/wt/mends/test/properties/understanding-knowledge.ts';
import { understand } from '/work/wt/mends/src/understanding/understand.ts';
const ask = process.argv[2] === '-' ? null : process.argv[2];
for (const t of process.argv.slice(3)) { const u = understand(t, knowledge, ask as any); console.log(t.padEnd(34), Object.entries(u).filter(([k,v]) => v !== null && v !== false && !(Array.isArray(v)&&!v.length) && k!=='denied').map(([k,v])=>k+'='+(typeof v==='object'?JSON.stringify(v):v)).join(' ')); }
