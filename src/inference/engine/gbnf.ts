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

/** Any one call of these functions: `{"name": …, "arguments": …}`. */
export function callGrammar(tools: readonly ToolOffer[]): string {
	const writer = new GrammarWriter();
	const calls = tools.map(({ name, parameters }) => {
		const written = writer.within(parameters).objectOf(parameters, 0);
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

	/** The schema whose definitions `$ref` names from now on. */
	within(schema: JsonSchema): this {
		this.root = schema;
		this.references = new Map();
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

	/** An object with the schema's properties, in its order; those that are not required may be left out. */
	objectOf(schema: JsonSchema, depth: number): string {
		const properties = Object.entries(isRecord(schema['properties']) ? schema['properties'] : {});
		const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
		if (properties.length === 0) {
			return schema['additionalProperties'] === false || depth === 0 ? `"{" ${BLANKS} "}"` : 'object';
		}
		// From the last property to the first: how it goes on behind each, at the start and after another one.
		let atStart = '';
		let after = '';
		for (const [name, property] of properties.toReversed()) {
			const pair = `${key(name)} ${this.valueOf(property, depth + 1)}`;
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
		const item = this.rule(this.valueOf(schema['items'], depth + 1));
		const least = countOf(schema['minItems']) ?? 0;
		const most = countOf(schema['maxItems']);
		if (most === 0) {
			return `"[" ${BLANKS} "]"`;
		}
		const more = `("," ${BLANKS} ${item}){${Math.max(0, least - 1)},${most === undefined ? '' : most - 1}}`;
		const items = least === 0 ? `(${item} ${more})?` : `${item} ${more}`;
		return this.rule(`"[" ${BLANKS} ${items} ${BLANKS} "]"`);
	}

	/** `#/$defs/Name` and the like, which may name themselves. */
	private referenceTo(reference: string, depth: number): string {
		const known = this.references.get(reference);
		if (known !== undefined) {
			return known;
		}
		const [start, ...path] = reference.split('/');
		const found = path.reduce<unknown>(
			(at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined),
			start === '#' ? this.root : undefined,
		);
		// The rule stands before it is written, for those below that name it again.
		const index = this.rules.length;
		const name = this.rule('value');
		this.references.set(reference, name);
		const body = this.valueOf(found, depth + 1);
		this.rules[index] = [name, body === name ? 'value' : body];
		return name;
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
