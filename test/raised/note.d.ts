export declare function note(code: string, where: string): void
export declare function noteSaid(text: string): void
export declare function noteLogged(message: string, fields?: Readonly<Record<string, unknown>>): void
