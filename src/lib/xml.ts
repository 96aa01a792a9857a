/** Owns the loading of the reader of XML: with the first XML that comes, because most shops hear none and start sooner without it. */

import { createRequire } from 'node:module';
import type { X2jOptions, XMLParser, XMLValidator } from 'fast-xml-parser';

interface Library {
  readonly XMLParser: typeof XMLParser;
  readonly XMLValidator: typeof XMLValidator;
}

/** Reads well-formed XML; throws or returns null for any other. */
export function xmlReader(options: X2jOptions): (text: string) => unknown {
  let parser: XMLParser | undefined;
  return (text) => {
    const library = loaded();
    if (library.XMLValidator.validate(text) !== true) return null;
    parser ??= new library.XMLParser(options);
    return parser.parse(text) as unknown;
  };
}

let library: Library | undefined;

function loaded(): Library {
  library ??= createRequire(import.meta.url)('fast-xml-parser') as Library;
  return library;
}
