import { SignedOut } from '../account/SignedOut';
import { ConnectionBanner } from './ConnectionBanner';
import { NewBuild } from './NewBuild';

/** What the page has to say of itself. Nobody reads it within the first seconds, so it comes later. */
export default function Banners() {
  return (
    <>
      <ConnectionBanner />
      <NewBuild />
      <SignedOut />
    </>
  );
}
