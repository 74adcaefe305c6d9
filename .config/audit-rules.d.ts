export interface LockedPackage {
  license?: string;
  integrity?: string;
  resolved?: string;
  hasInstallScript?: boolean;
  dev?: boolean;
}
export function isPermissive(expression: string | undefined): boolean;
export function lockFindings(lock: { packages: Record<string, LockedPackage> }): string[];
export function packFindings(files: readonly string[]): string[];
export function bundledPackages(inputs: readonly string[]): string[];
