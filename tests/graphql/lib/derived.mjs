// SPDX-License-Identifier: Apache-2.0
// Values that follow from the parent, the field and its arguments alone, as derived_values.cpp gives them.
import { getNullableType, isAbstractType, isEnumType, isListType, isNonNullType, isObjectType } from 'graphql';

function hashOf(text) {
  let hash = 2166136261;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return (hash ^ (hash >>> 13)) >>> 0;
}

const derive = (hash, by) => hashOf(`${hash}/${by}`);
const byName = (types) => types.map((type) => type.name).sort();

export class Derived {
  constructor(schema) {
    this.schema = schema;
    this.objects = byName(Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__')));
  }

  // The field's resolver of graphql-js.
  resolver() {
    return (source, args, context, info) =>
      this.value(info.returnType, hashOf(`${source.handle}.${info.parentType.name}.${info.fieldName}${JSON.stringify(args)}`));
  }

  value(type, hash) {
    const chance = derive(hash, 0) % 100;
    if (chance < (isNonNullType(type) ? 2 : 12)) return null;
    if (chance >= 97) return new Error(`broken ${hash % 1000}`);
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      if (chance === 96) return 5;
      return Array.from({ length: derive(hash, 1) % 4 }, (_, i) => this.value(nullable.ofType, derive(hash, 2 + i)));
    }
    if (isAbstractType(nullable)) {
      const possible = byName(this.schema.getPossibleTypes(nullable));
      const types = derive(hash, 4) % 20 === 0 || possible.length === 0 ? this.objects : possible;
      return { handle: derive(hash, 3), __typename: types[derive(hash, 5) % types.length] };
    }
    return isObjectType(nullable) ? { handle: derive(hash, 3) } : this.leaf(nullable, hash);
  }

  leaf(type, hash) {
    const pick = derive(hash, 6) % 16;
    const number = derive(hash, 7) % 100000;
    if (isEnumType(type)) return pick === 0 ? 'NONE' : type.getValues()[number % type.getValues().length].value;
    const values = [
      2147483648 + number, number + 0.5, `text ${number}`, number % 2 === 0, NaN, -Infinity, number * 1e17, number / 1e9, '7',
      'a "quoted"\n\x01 ü 😀 \\ text',
    ];
    const isSpecified = ['Int', 'Float', 'String', 'Boolean', 'ID'].includes(type.name);
    if (pick < values.length && (isSpecified || (pick !== 4 && pick !== 5))) return values[pick];
    switch (type.name) {
      case 'Int':
        return number;
      case 'Float':
        return number / 8;
      case 'Boolean':
        return number % 2 === 0;
      default:
        return `text ${number}`;
    }
  }
}
