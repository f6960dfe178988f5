// SPDX-License-Identifier: Apache-2.0
// Valid documents by construction. Within a document a response name always means the same field with the same
// arguments and type, a variable always has the same type, and a fragment is spread only when it is complete: so no two
// fields conflict, no variable is unused or undefined and no fragment makes a cycle.
import {
  GraphQLNonNull, doTypesOverlap, getNamedType, getNullableType, isCompositeType, isEnumType, isInputObjectType, isLeafType, isListType,
  isNonNullType, isUnionType,
} from 'graphql';

const texts = ['""', '"text"', '"a \\"quoted\\" \\u00e9 \\n line"', '"""block "text"\n  of two lines"""', '"ünïcode 😀"'];

export class Generator {
  constructor(schema, random) {
    this.schema = schema;
    this.random = random;
    this.roots = ['query', 'mutation', 'subscription'].filter((kind) => schema.getRootType(kind));
    this.hasMarks = schema.getDirective('marked') !== undefined; // the directives of schema.graphql
    this.composites = Object.values(schema.getTypeMap()).filter((type) => isCompositeType(type) && !type.name.startsWith('__'));
  }

  // The text of a document; `variables` are values that fit the variables of its first operation.
  document() {
    this.meanings = new Map();
    this.fragments = [];
    this.variables = new Map();
    this.names = 0;
    const operations = [];
    const count = this.random.chance(0.2) ? 2 + this.random.below(2) : 1;
    for (let i = 0; i < count; ++i) operations.push(this.operation(count > 1, i));
    const parts = [...operations, ...this.fragments.map((fragment) => fragment.text)];
    if (this.random.chance(0.3)) parts.reverse();
    return parts.join('\n');
  }

  operation(isNamed, index) {
    const wanted = this.random.chance(0.75) ? 'query' : this.random.chance(0.6) ? 'mutation' : 'subscription';
    const kind = this.roots.includes(wanted) ? wanted : 'query';
    this.used = new Set();
    this.scope = [];
    const root = this.schema.getRootType(kind);
    const selection = kind === 'subscription' ? `{ ${this.field(root, 2)} }` : this.selection(root, 0);
    if (kind === 'query' && !isNamed && this.used.size === 0 && this.random.chance(0.3)) return selection;
    const name = isNamed || this.random.chance(0.5) ? ` Operation${index}` : '';
    const definitions = [...this.used].map((variable) => this.definition(variable));
    const variables = definitions.length === 0 ? '' : `(${definitions.join(', ')})`;
    return `${kind}${name}${variables}${this.marks(0.15, kind === 'query')} ${selection}`;
  }

  definition(name) {
    const { type, initial } = this.variables.get(name);
    const mark = this.random.chance(0.1) && this.hasMarks ? ' @marked(by: "variable")' : '';
    return `$${name}: ${type}${initial === undefined ? '' : ` = ${initial}`}${mark}`;
  }

  marks(probability, isQueryOrField = false) {
    let text = '';
    if (!this.hasMarks) return text;
    if (this.random.chance(probability)) text += ` @marked(by: "${this.random.below(9)}")`;
    if (this.random.chance(probability / 2)) text += ' @marked @marked(weight: 3)';
    if (isQueryOrField && this.random.chance(probability)) text += this.random.chance(0.5) ? ' @once' : ' @once(level: HIGH)';
    return text;
  }

  // @skip and @include, of constants or variables; not where subscriptions begin (differences.mjs).
  condition(probability) {
    if (!this.random.chance(probability)) return '';
    const name = this.random.chance(0.5) ? 'skip' : 'include';
    const value = this.random.chance(0.6) ? this.random.chance(0.5) : this.variable(this.schema.getDirective('skip').args[0].type, false);
    return ` @${name}(if: ${value})`;
  }

  selection(type, depth) {
    const parts = [];
    const count = 1 + this.random.below(depth > 3 ? 2 : 4);
    for (let i = 0; i < count; ++i) {
      const kind = this.random.next();
      if (kind < 0.72 || depth > 4) parts.push(this.field(type, depth));
      else if (kind < 0.86) parts.push(this.inline(type, depth));
      else parts.push(this.spread(type, depth));
    }
    return `{ ${parts.join(this.random.chance(0.1) ? ', ' : ' ')} }`;
  }

  overlapping(type) {
    return this.random.of(this.composites.filter((other) => doTypesOverlap(this.schema, type, other)));
  }

  inline(type, depth) {
    const on = this.random.chance(0.2) ? null : this.overlapping(type);
    return `...${on === null ? '' : ` on ${on}`}${this.marks(0.1)}${this.condition(0.15)} ${this.selection(on ?? type, depth + 1)}`;
  }

  spread(type, depth) {
    const ready = this.fragments.filter((fragment) => fragment.text !== '' && doTypesOverlap(this.schema, type, fragment.type));
    let fragment;
    if (ready.length !== 0 && this.random.chance(0.6)) {
      fragment = this.random.of(ready);
    } else {
      fragment = { name: `Fragment${this.fragments.length}`, type: this.overlapping(type), text: '', used: new Set() };
      this.fragments.push(fragment);
      this.scope.push(fragment);
      const selection = this.selection(fragment.type, depth + 1);
      fragment.text = `fragment ${fragment.name} on ${fragment.type}${this.marks(0.1)} ${selection}`;
      this.scope.pop();
    }
    for (const name of fragment.used) this.use(name);
    return `...${fragment.name}${this.marks(0.1)}${this.condition(0.1)}`;
  }

  field(type, depth) {
    const isSubscription = type === this.schema.getSubscriptionType();
    if (isUnionType(type) || (!isSubscription && this.random.chance(0.06))) return this.named('__typename', '', 'String!', '');
    if (depth === 0 && type === this.schema.getQueryType() && this.random.chance(0.04)) {
      return this.random.chance(0.5)
        ? this.named('__schema', '', '__Schema!', ' { queryType { name } types { name kind } }')
        : this.named('__type', '(name: "User")', '__Type', ' { name fields(includeDeprecated: true) { name type { name kind } } }');
    }
    let fields = Object.values(type.getFields());
    if (depth > 3) {
      const leaves = fields.filter((one) => isLeafType(getNamedType(one.type)));
      if (leaves.length !== 0) fields = leaves;
    }
    const field = this.random.of(fields);
    const given = field.args.filter((arg) => (isNonNullType(arg.type) && arg.defaultValue === undefined) || this.random.chance(0.4));
    const values = given.map((arg) => `${arg.name}: ${this.value(arg.type, 0, arg.defaultValue !== undefined)}`);
    const named = getNamedType(field.type);
    const selection = isLeafType(named) ? '' : ` ${this.selection(named, depth + 1)}`;
    return this.named(field.name, values.length === 0 ? '' : `(${values.join(', ')})`, String(field.type), selection, isSubscription);
  }

  named(name, values, type, selection, isUnconditional = false) {
    let response = this.random.chance(0.15) ? `alias${this.random.below(6)}` : name;
    const meaning = `${name}${values}${type}`;
    while (this.meanings.has(response) && this.meanings.get(response) !== meaning) response = `other${this.names++}`;
    this.meanings.set(response, meaning);
    const needed = this.random.chance(0.04) && this.hasMarks ? ' @needed(name: "n", at: {x: 1})' : '';
    return `${response === name ? '' : `${response}: `}${name}${values}${this.marks(0.06, true)}${this.condition(isUnconditional ? 0 : 0.06)}${needed}${selection}`;
  }

  use(name) {
    this.used.add(name);
    for (const fragment of this.scope) fragment.used.add(name);
  }

  // A variable that may stand where `type` is asked for; `hasDefault` says whether that place has one.
  variable(type, hasDefault) {
    let declared = type;
    let initial;
    if (hasDefault === undefined) {
      // A member of a oneOf object: neither the type nor a default may make it nullable.
    } else if (isNonNullType(type)) {
      if (hasDefault && this.random.chance(0.3)) declared = getNullableType(type);
      else if (this.random.chance(0.3)) {
        declared = getNullableType(type);
        initial = this.literal(type, 2, false);
      }
    } else if (this.random.chance(0.25)) {
      initial = this.literal(type, 2, false);
    } else if (this.random.chance(0.25)) {
      declared = new GraphQLNonNull(type);
    }
    for (const [name, known] of this.variables) {
      if (String(known.type) === String(declared) && (known.initial === undefined) === (initial === undefined) && this.random.chance(0.5)) {
        this.use(name);
        return `$${name}`;
      }
    }
    const name = `v${this.variables.size}`;
    this.variables.set(name, { type: declared, initial });
    this.use(name);
    return `$${name}`;
  }

  value(type, depth, hasDefault) {
    return this.random.chance(0.2) ? this.variable(type, hasDefault) : this.literal(type, depth, true);
  }

  literal(type, depth, mayUseVariables) {
    const { random } = this;
    const inner = (of, hasDefault) => (mayUseVariables ? this.value(of, depth + 1, hasDefault) : this.literal(of, depth + 1, false));
    if (isNonNullType(type)) return this.literal(type.ofType, depth, mayUseVariables, false);
    if (isListType(type)) {
      if (random.chance(0.15)) return this.literal(getNullableType(type.ofType), depth + 1, false);
      return `[${Array.from({ length: random.below(4) >> (depth > 5 ? 2 : 0) }, () => inner(type.ofType, false)).join(', ')}]`;
    }
    if (isEnumType(type)) return random.of(type.getValues()).name;
    if (isInputObjectType(type)) return this.object(type, depth, mayUseVariables, inner);
    switch (type.name) {
      case 'Int':
        return random.of(['0', '-1', '7', '2147483647', '42']);
      case 'Float':
        return random.of(['0', '1.5', '-2e3', '7', '1.0E-2']);
      case 'Boolean':
        return random.of(['true', 'false']);
      case 'ID':
        return random.of(['"id"', '7', '"018f"']);
      case 'String':
      case 'Moment':
        return random.of(texts);
      default:
        return random.of(['1', '"x"', 'true', 'NAME', '1.5']);
    }
  }

  object(type, depth, mayUseVariables, inner) {
    const fields = Object.values(type.getFields());
    if (type.isOneOf) {
      const field = this.random.of(fields);
      const value = mayUseVariables && this.random.chance(0.2)
        ? this.variable(new GraphQLNonNull(field.type), undefined)
        : this.literal(field.type, depth + 1, false);
      return `{${field.name}: ${value}}`;
    }
    const given = fields.filter((field) => (isNonNullType(field.type) && field.defaultValue === undefined)
      || this.random.chance(depth > 1 ? 0.1 : 0.35));
    return `{${given.map((field) => `${field.name}: ${inner(field.type, field.defaultValue !== undefined)}`).join(', ')}}`;
  }
}
