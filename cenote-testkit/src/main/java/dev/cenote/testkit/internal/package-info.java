/// What the published extensions and the contracts share.
package dev.cenote.testkit.internal;
