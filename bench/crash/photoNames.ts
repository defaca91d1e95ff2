/** What the photos of a run are called, for those who have to find a number again. */
export const photoAccount = 'devstoreaccount1';
export const photosContainer = 'photos';

export function photoName(photoNumber: number): string {
  return `line/${photoNumber}.jpg`;
}

export function photoNumberNamed(blobName: string): number {
  return Number(/^line\/(\d+)\.jpg$/.exec(blobName)?.[1]);
}
