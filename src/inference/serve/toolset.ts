/** The tools that a request offers, how free the model is to call one, and what an answer must look like instead. */

import type { Calling, JsonSchema, ToolOffer } from '../model';
import { isRecord } from '../record';
import { MAX_TOOLS } from '../wire/shapes';
import { badRequest } from './apiError';

export interface Toolset {
	readonly tools: readonly ToolOffer[];
	readonly calling: Calling;
}

/** As OpenAI allows names. */
const NAME = /^[\w-]{1,64}$/;

/** @param choice what `tool_choice` says. */
export function toolsetOf(value: unknown, choice: unknown): Toolset {
	const tools = offersOf(value);
	if (tools.length === 0) {
		if (choice === undefined || choice === 'none' || choice === 'auto') {
			return { tools, calling: 'may' };
		}
		throw badRequest('tool_choice asks for a call, and there are no tools.', 'tool_choice');
	}
	switch (choice) {
		case undefined:
		case 'auto':
			return { tools, calling: 'may' };
		case 'none':
			return { tools, calling: 'not' };
		case 'required':
			return { tools, calling: 'must' };
	}
	const called = isRecord(choice) ? choice['function'] : undefined;
	const named = isRecord(called) ? called['name'] : undefined;
	const only = tools.filter(({ name }) => name === named);
	if (only.length === 0) {
		throw badRequest('tool_choice must be none, auto, required, or name one of the tools.', 'tool_choice');
	}
	return { tools: only, calling: 'must' };
}

function offersOf(value: unknown): readonly ToolOffer[] {
	if (value === undefined) {
		return [];
	}
	if (!Array.isArray(value) || value.length > MAX_TOOLS) {
		throw badRequest(`tools must be a list of at most ${MAX_TOOLS}.`, 'tools');
	}
	return value.map((one: unknown, index) => {
		const at = `tools[${index}]`;
		const offered = isRecord(one) && one['type'] === 'function' ? one['function'] : undefined;
		if (!isRecord(offered)) {
			throw badRequest(`${at} must be of the type function.`, at);
		}
		const { name, description = '', parameters = { type: 'object', properties: {} } } = offered;
		if (typeof name !== 'string' || !NAME.test(name)) {
			throw badRequest(`${at}.function.name must be 1 to 64 letters, digits, _ or -.`, `${at}.function.name`);
		}
		if (typeof description !== 'string' || !isRecord(parameters)) {
			throw badRequest(`${at}.function: the description is a string, and parameters is a JSON schema.`, at);
		}
		return { name, description, parameters };
	});
}

/** What `response_format` asks for; undefined where every text will do. */
export function schemaOf(format: Readonly<Record<string, unknown>> | undefined): JsonSchema | undefined {
	if (format === undefined) {
		return undefined;
	}
	const { type, json_schema: described, schema: direct } = format;
	switch (type) {
		case 'text':
			return undefined;
		case 'json_object':
			return isRecord(direct) ? direct : { type: 'object' };
		case 'json_schema': {
			const schema = isRecord(described) ? described['schema'] : direct;
			if (isRecord(schema)) {
				return schema;
			}
			throw badRequest('response_format.json_schema.schema must be a JSON schema.', 'response_format');
		}
		default:
			throw badRequest('response_format.type must be text, json_object or json_schema.', 'response_format');
	}
}
