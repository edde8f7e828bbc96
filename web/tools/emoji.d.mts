import type { Plugin } from 'vite';

export function table(): string;
export function words(language: string): string;
export function emoji(): Plugin;
