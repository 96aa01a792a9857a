/** .env.example says what src/config.ts says: the same keys in the same order, with the same help and defaults, and it can be used. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ENVIRONMENT, parseConfig } from '../src/config.ts';

const text = readFileSync(join(import.meta.dirname, '..', '.env.example'), 'utf8');

/** As operators write it: yes and no are words, and what is unset is empty. */
function written(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}

/** The words that a key takes, where it takes only some. */
function choicesOf(field: z.core.$ZodType): readonly string[] {
  if (field instanceof z.ZodDefault || field instanceof z.ZodOptional) return choicesOf(field.unwrap());
  if (field instanceof z.ZodPipe) return choicesOf(field.in);
  return field instanceof z.ZodEnum ? field.options.map(String) : [];
}

const fields = Object.entries(ENVIRONMENT.shape).map(([key, field]) => {
  const choices = choicesOf(field);
  return {
    help: `${field.description}${choices.length === 0 ? '' : ` (${choices.join(', ')})`}`,
    key,
    value: written(field instanceof z.ZodDefault ? field.def.defaultValue : undefined),
  };
});

const entries = [...text.matchAll(/^# (?<help>.*)\n#(?<key>[A-Z_]+)=(?<value>.*)$/gm)].map(({ groups }) => ({ ...groups }));

describe('.env.example', () => {
  it('lists every setting with its help and its default', () => {
    expect(fields.length).toBeGreaterThan(20);
    expect(entries).toEqual(fields);
  });

  it('holds nothing else: comments, headings, and nothing that is switched on', () => {
    const others = text.split('\n').filter((line) => !/^(?:|# .*|## [A-Z].*)$/.test(line));
    expect(others).toEqual(fields.map(({ key, value }) => `#${key}=${value}`));
  });

  it('changes nothing when all of it is switched on as it is', () => {
    const all = parseEnv(text.replace(/^#(?=[A-Z_]+=)/gm, ''));
    expect(Object.keys(all).sort()).toEqual(fields.map(({ key }) => key).sort());
    expect(parseConfig(all)).toEqual(parseConfig({}));
    expect(parseConfig(all).ok).toBe(true);
  });
});
