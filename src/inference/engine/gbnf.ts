/** From JSON Schema to llama.cpp's grammars (GBNF): text in which a model can write nothing but valid JSON. */

import type { JsonSchema, ToolOffer } from '../model';
import { isRecord } from '../record';

/** Blanks wherever JSON allows them; a few, so that no model goes on with them for ever. */
const BLANKS = 'blanks';

/** What every grammar may use. Numbers stay short enough to be exact. */
const COMMON: readonly (readonly [name: string, body: string])[] = [
	[BLANKS, '[ \\n]{0,2}'],
	['character', '[^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4})'],
	['string', '"\\"" character* "\\""'],
	['natural', '"0" | [1-9] [0-9]{0,14}'],
	['integer', '"-"? natural'],
	['number', 'integer ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?'],
	['boolean', '"true" | "false"'],
	['null', '"null"'],
	['pair', `string ${BLANKS} ":" ${BLANKS} value`],
	['object', `"{" ${BLANKS} (pair ("," ${BLANKS} pair)*)? ${BLANKS} "}"`],
	['array', `"[" ${BLANKS} (value ("," ${BLANKS} value)*)? ${BLANKS} "]"`],
	['value', 'string | number | object | array | boolean | null'],
];

/** Schemas in schemas; what lies deeper is any JSON. */
const DEEPEST = 16;
/** Repetitions that a grammar counts; each is a rule of its own to llama.cpp. */
const MOST_COUNTED = 256;
/** Rules of a grammar; what comes beyond is any JSON. */
const MOST_RULES = 4_000;
/** Schemas that the arguments of one function may be, all in all; what comes beyond is any object. */
const MOST_ALTERNATIVES = 256;

/** Any one call of these functions: `{"name": …, "arguments": …}`. */
export function callGrammar(tools: readonly ToolOffer[]): string {
	const writer = new GrammarWriter();
	const calls = tools.map(({ name, parameters }) => {
		const written = writer.within(parameters).argumentsOf(parameters);
		return writer.rule(
			`"{" ${BLANKS} ${key('name')} ${quoted(JSON.stringify(name))} "," ${BLANKS} ${key('arguments')} ${written} ${BLANKS} "}"`,
		);
	});
	return writer.grammar(`${BLANKS} (${calls.join(' | ')})`);
}

/** JSON that is valid for the schema. */
export function jsonGrammar(schema: JsonSchema): string {
	const writer = new GrammarWriter();
	return writer.grammar(writer.within(schema).valueOf(schema, 0));
}

class GrammarWriter {
	private readonly rules: (readonly [name: string, body: string])[] = [];
	/** Rules of what `$ref` names in the schema that is being written. */
	private references = new Map<string, string>();
	private root: JsonSchema = {};
	/** Of a `$ref`: the rule that is being written, as long as nothing stands in it yet. */
	private beginning: string | undefined;
	/** Rules of `$ref`s that a rule can begin with. */
	private readonly beginnings = new Map<string, readonly string[]>();
	/** Schemas of arguments that were looked at. */
	private written = 0;

	/** The schema whose definitions `$ref` names from now on. */
	within(schema: JsonSchema): this {
		this.root = schema;
		this.references = new Map();
		this.written = 0;
		return this;
	}

	grammar(root: string): string {
		return [['root', root] as const, ...this.rules, ...COMMON]
			.map(([name, body]) => `${name} ::= ${body}`)
			.join('\n');
	}

	/** The name of a new rule. */
	rule(body: string): string {
		const name = `r${this.rules.length}`;
		this.rules.push([name, body]);
		return name;
	}

	/** What is valid for a schema; any JSON for one that says something which no grammar does. */
	valueOf(schema: unknown, depth: number): string {
		if (!isRecord(schema) || depth > DEEPEST || this.rules.length > MOST_RULES) {
			return 'value';
		}
		const { $ref: reference, const: constant, enum: listed, type } = schema;
		const choices = [schema['anyOf'], schema['oneOf']].find(Array.isArray);
		const [only, ...others] = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
		if (typeof reference === 'string') {
			return this.referenceTo(reference, depth);
		}
		if (constant !== undefined) {
			return literal(constant);
		}
		if (Array.isArray(listed) && listed.length > 0) {
			return `(${listed.map(literal).join(' | ')})`;
		}
		if (choices !== undefined && choices.length > 0) {
			return `(${choices.map((choice) => this.valueOf(choice, depth + 1)).join(' | ')})`;
		}
		if (only !== undefined && others.length === 0) {
			return this.valueOf(only, depth + 1);
		}
		if (Array.isArray(type) && type.length > 0) {
			return `(${type.map((one) => this.typeOf(one, schema, depth)).join(' | ')})`;
		}
		return this.typeOf(type ?? (isRecord(schema['properties']) ? 'object' : undefined), schema, depth);
	}

	/**
	 * The object that a function is called with: whatever the schema says, no other JSON. A schema without properties says
	 * nothing of them, and one whose list of them is empty says that there are none.
	 */
	argumentsOf(schema: unknown, depth = 0): string {
		if (!isRecord(schema) || depth > DEEPEST || this.written++ > MOST_ALTERNATIVES) {
			return 'object';
		}
		const { $ref: reference, properties, additionalProperties: others } = schema;
		const choices = [schema['anyOf'], schema['oneOf'], schema['allOf']].find(Array.isArray) ?? [];
		const isOneOf = schema['allOf'] === undefined || choices.length === 1;
		if (isRecord(properties)) {
			return Object.keys(properties).length === 0 && (others === true || isRecord(others))
				? 'object'
				: this.objectOf({ ...schema, additionalProperties: false }, depth);
		}
		if (typeof reference === 'string') {
			return this.argumentsOf(this.named(reference), depth + 1);
		}
		if (choices.length > 0 && isOneOf) {
			return `(${choices.map((choice) => this.argumentsOf(choice, depth + 1)).join(' | ')})`;
		}
		return this.objectOf(schema, depth);
	}

	/** An object with the schema's properties, in its order; those that are not required may be left out. */
	objectOf(schema: JsonSchema, depth: number): string {
		const properties = Object.entries(isRecord(schema['properties']) ? schema['properties'] : {});
		const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
		if (properties.length === 0) {
			return schema['additionalProperties'] === false ? `"{" ${BLANKS} "}"` : 'object';
		}
		// From the last property to the first: how it goes on behind each, at the start and after another one.
		let atStart = '';
		let after = '';
		for (const [name, property] of properties.toReversed()) {
			const pair = `${key(name)} ${this.inside(property, depth + 1)}`;
			const follows = after === '' ? '' : ` ${after}`;
			const first = `${pair}${follows}`;
			const next = `"," ${BLANKS} ${pair}${follows}`;
			const isRequired = required.includes(name);
			const [startsLater, goesOn] = [atStart, after];
			atStart = this.rule(isRequired ? first : `${first} | ${emptyOr(startsLater)}`);
			after = this.rule(isRequired ? next : `${next} | ${emptyOr(goesOn)}`);
		}
		return this.rule(`"{" ${BLANKS} ${atStart} ${BLANKS} "}"`);
	}

	private typeOf(type: unknown, schema: JsonSchema, depth: number): string {
		switch (type) {
			case 'object':
				return this.objectOf(schema, depth + 1);
			case 'array':
				return this.arrayOf(schema, depth);
			case 'string':
				return stringOf(schema);
			case 'integer':
				return typeof schema['minimum'] !== 'number' || schema['minimum'] < 0
					? 'integer'
					: schema['minimum'] > 0
						? '[1-9] [0-9]{0,14}'
						: 'natural';
			case 'number':
			case 'boolean':
			case 'null':
				return type;
			default:
				return 'value';
		}
	}

	private arrayOf(schema: JsonSchema, depth: number): string {
		const item = this.rule(this.inside(schema['items'], depth + 1));
		const least = countOf(schema['minItems']) ?? 0;
		const most = countOf(schema['maxItems']);
		if (most === 0) {
			return `"[" ${BLANKS} "]"`;
		}
		const more = `("," ${BLANKS} ${item}){${Math.max(0, least - 1)},${most === undefined ? '' : most - 1}}`;
		const items = least === 0 ? `(${item} ${more})?` : `${item} ${more}`;
		return this.rule(`"[" ${BLANKS} ${items} ${BLANKS} "]"`);
	}

	/**
	 * `#/$defs/Name` and the like, which may name themselves; any JSON for one that is nothing but itself, perhaps in a
	 * circle of several or beside something else: llama.cpp would read such a rule for ever.
	 */
	private referenceTo(reference: string, depth: number): string {
		const known = this.references.get(reference);
		if (known !== undefined) {
			return this.begins(known) ? known : 'value';
		}
		// The rule stands before it is written, for those below that name it again.
		const index = this.rules.length;
		const name = this.rule('value');
		this.references.set(reference, name);
		this.begins(name);
		const outer = this.beginning;
		this.beginning = name;
		this.rules[index] = [name, this.valueOf(this.named(reference), depth + 1)];
		this.beginning = outer;
		return name;
	}

	/** Notes that the rule that is being written can begin with this one; false where this one can begin with it. */
	private begins(name: string): boolean {
		if (this.beginning === undefined) {
			return true;
		}
		const seen = new Set([name]);
		for (const one of seen) {
			for (const next of this.beginnings.get(one) ?? []) {
				seen.add(next);
			}
		}
		if (seen.has(this.beginning)) {
			return false;
		}
		this.beginnings.set(this.beginning, [...(this.beginnings.get(this.beginning) ?? []), name]);
		return true;
	}

	/** What stands behind a bracket begins nothing. */
	private inside(schema: unknown, depth: number): string {
		const outer = this.beginning;
		this.beginning = undefined;
		const written = this.valueOf(schema, depth);
		this.beginning = outer;
		return written;
	}

	private named(reference: string): unknown {
		const [start, ...path] = reference.split('/');
		return path.reduce<unknown>(
			(at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined),
			start === '#' ? this.root : undefined,
		);
	}
}

function stringOf(schema: JsonSchema): string {
	const least = countOf(schema['minLength']) ?? 0;
	const most = countOf(schema['maxLength']);
	return least === 0 && most === undefined ? 'string' : `"\\"" character{${least},${most ?? ''}} "\\""`;
}

/** Undefined for what no grammar counts. */
function countOf(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_COUNTED
		? value
		: undefined;
}

function emptyOr(rule: string): string {
	return rule === '' ? '""' : rule;
}

function key(name: string): string {
	return `${quoted(`${JSON.stringify(name)}:`)} ${BLANKS}`;
}

function literal(value: unknown): string {
	return quoted(JSON.stringify(value) ?? 'null');
}

/** A text as it stands in a grammar. */
function quoted(text: string): string {
	return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
