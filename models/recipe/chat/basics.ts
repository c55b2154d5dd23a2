/** Functions that everybody asks for first, with several ways to ask: what the corpus has too few short examples of. */

export interface Basic {
	readonly asked: readonly string[];
	readonly name: string;
	/** Name and type in TypeScript. */
	readonly parameters: readonly (readonly [name: string, type: string])[];
	readonly returns: string;
	/** Lines of the body in TypeScript and JavaScript; the same in both. */
	readonly script: readonly string[];
	readonly python: readonly string[];
}

const NUMBERS = [['numbers', 'number[]']] as const;
const TEXT = [['text', 'string']] as const;

export const BASICS: readonly Basic[] = [
	{
		asked: [
			'Adds two numbers',
			'add two numbers',
			'returns the sum of a and b',
			'function that adds two numbers',
		],
		name: 'add',
		parameters: [
			['a', 'number'],
			['b', 'number'],
		],
		returns: 'number',
		script: ['return a + b;'],
		python: ['return a + b'],
	},
	{
		asked: ['Returns the sum of a list of numbers', 'sum all numbers', 'adds up the numbers of a list'],
		name: 'sum',
		parameters: NUMBERS,
		returns: 'number',
		script: ['let total = 0;', 'for (const number of numbers) {', '\ttotal += number;', '}', 'return total;'],
		python: ['total = 0', 'for number in numbers:', '    total += number', 'return total'],
	},
	{
		asked: [
			'Returns the average of the numbers',
			'computes the mean of a list of numbers',
			'average of numbers, 0 for an empty list',
		],
		name: 'average',
		parameters: NUMBERS,
		returns: 'number',
		script: [
			'if (numbers.length === 0) {',
			'\treturn 0;',
			'}',
			'const total = numbers.reduce((sum, number) => sum + number, 0);',
			'return total / numbers.length;',
		],
		python: ['if not numbers:', '    return 0', 'return sum(numbers) / len(numbers)'],
	},
	{
		asked: ['Returns the largest number of a list', 'finds the maximum of the numbers', 'largest number'],
		name: 'largest',
		parameters: NUMBERS,
		returns: 'number',
		script: ['return Math.max(...numbers);'],
		python: ['return max(numbers)'],
	},
	{
		asked: ['Checks whether a number is even', 'is the number even', 'returns true if the number is even'],
		name: 'isEven',
		parameters: [['value', 'number']],
		returns: 'boolean',
		script: ['return value % 2 === 0;'],
		python: ['return value % 2 == 0'],
	},
	{
		asked: [
			'Limits a value to the range from least to most',
			'clamp a number between least and most',
			'keeps the value between least and most',
		],
		name: 'clamp',
		parameters: [
			['value', 'number'],
			['least', 'number'],
			['most', 'number'],
		],
		returns: 'number',
		script: ['return Math.min(most, Math.max(least, value));'],
		python: ['return min(most, max(least, value))'],
	},
	{
		asked: ['Reverses a string', 'returns the text backwards', 'reverse the text'],
		name: 'reversed',
		parameters: TEXT,
		returns: 'string',
		script: ["return text.split('').reverse().join('');"],
		python: ['return text[::-1]'],
	},
	{
		asked: [
			'Makes the first letter of a text upper case',
			'capitalize a string',
			'capitalizes the first letter',
		],
		name: 'capitalize',
		parameters: TEXT,
		returns: 'string',
		script: ['return text.charAt(0).toUpperCase() + text.slice(1);'],
		python: ['return text[:1].upper() + text[1:]'],
	},
	{
		asked: [
			'Checks whether a text reads the same backwards',
			'is the text a palindrome',
			'returns true if the text is a palindrome',
		],
		name: 'isPalindrome',
		parameters: TEXT,
		returns: 'boolean',
		script: ["return text === text.split('').reverse().join('');"],
		python: ['return text == text[::-1]'],
	},
	{
		asked: ['Counts the words of a text', 'number of words in the text', 'count words'],
		name: 'countWords',
		parameters: TEXT,
		returns: 'number',
		script: ['return text.split(/\\s+/).filter((word) => word.length > 0).length;'],
		python: ['return len(text.split())'],
	},
	{
		asked: [
			'Removes duplicates from a list',
			'returns the list without duplicates',
			'unique values of a list',
		],
		name: 'unique',
		parameters: [['values', 'string[]']],
		returns: 'string[]',
		script: ['return [...new Set(values)];'],
		python: ['return list(dict.fromkeys(values))'],
	},
	{
		asked: [
			'Counts how often each value occurs',
			'count the occurrences of each value',
			'map from value to its number of occurrences',
		],
		name: 'countValues',
		parameters: [['values', 'string[]']],
		returns: 'Map<string, number>',
		script: [
			'const counts = new Map();',
			'for (const value of values) {',
			'\tcounts.set(value, (counts.get(value) ?? 0) + 1);',
			'}',
			'return counts;',
		],
		python: [
			'counts = {}',
			'for value in values:',
			'    counts[value] = counts.get(value, 0) + 1',
			'return counts',
		],
	},
	{
		asked: ['Returns the factorial of n', 'factorial', 'computes n factorial'],
		name: 'factorial',
		parameters: [['n', 'number']],
		returns: 'number',
		script: [
			'let result = 1;',
			'for (let factor = 2; factor <= n; factor++) {',
			'\tresult *= factor;',
			'}',
			'return result;',
		],
		python: ['result = 1', 'for factor in range(2, n + 1):', '    result *= factor', 'return result'],
	},
	{
		asked: ['Returns the n-th Fibonacci number', 'fibonacci', 'computes the Fibonacci number n'],
		name: 'fibonacci',
		parameters: [['n', 'number']],
		returns: 'number',
		script: [
			'let previous = 0;',
			'let current = 1;',
			'for (let index = 0; index < n; index++) {',
			'\t[previous, current] = [current, previous + current];',
			'}',
			'return previous;',
		],
		python: [
			'previous, current = 0, 1',
			'for _ in range(n):',
			'    previous, current = current, previous + current',
			'return previous',
		],
	},
	{
		asked: ['Checks whether n is a prime number', 'is n prime', 'returns true if n is a prime'],
		name: 'isPrime',
		parameters: [['n', 'number']],
		returns: 'boolean',
		script: [
			'for (let divisor = 2; divisor * divisor <= n; divisor++) {',
			'\tif (n % divisor === 0) {',
			'\t\treturn false;',
			'\t}',
			'}',
			'return n > 1;',
		],
		python: [
			'for divisor in range(2, int(n ** 0.5) + 1):',
			'    if n % divisor == 0:',
			'        return False',
			'return n > 1',
		],
	},
	{
		asked: [
			'Splits a list into chunks of a size',
			'chunk a list',
			'splits the items into lists of the given size',
		],
		name: 'chunks',
		parameters: [
			['items', 'string[]'],
			['size', 'number'],
		],
		returns: 'string[][]',
		script: [
			'const result = [];',
			'for (let start = 0; start < items.length; start += size) {',
			'\tresult.push(items.slice(start, start + size));',
			'}',
			'return result;',
		],
		python: ['return [items[start:start + size] for start in range(0, len(items), size)]'],
	},
	{
		asked: [
			'Returns a random whole number from least to most',
			'random integer between least and most',
			'random whole number in a range',
		],
		name: 'randomInteger',
		parameters: [
			['least', 'number'],
			['most', 'number'],
		],
		returns: 'number',
		script: ['return least + Math.floor(Math.random() * (most - least + 1));'],
		python: ['import random', 'return random.randint(least, most)'],
	},
	{
		asked: [
			'Shortens a text to a length and adds an ellipsis',
			'truncate the text to the given length',
			'cuts the text if it is longer than length',
		],
		name: 'truncate',
		parameters: [
			['text', 'string'],
			['length', 'number'],
		],
		returns: 'string',
		script: ['return text.length <= length ? text : text.slice(0, length - 1) + "…";'],
		python: ["return text if len(text) <= length else text[:length - 1] + '…'"],
	},
	{
		asked: [
			'Sorts the numbers from small to large',
			'sort numbers in ascending order',
			'returns the numbers sorted',
		],
		name: 'ascending',
		parameters: NUMBERS,
		returns: 'number[]',
		script: ['return [...numbers].sort((a, b) => a - b);'],
		python: ['return sorted(numbers)'],
	},
	{
		asked: ['Greets a person by name', 'returns a greeting for the name', 'say hello to a name'],
		name: 'greet',
		parameters: [['name', 'string']],
		returns: 'string',
		script: ['return "Hello, " + name + "!";'],
		python: ["return f'Hello, {name}!'"],
	},
];
