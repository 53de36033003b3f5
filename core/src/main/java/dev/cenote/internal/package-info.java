/// What every room below shares: small text helpers.
package dev.cenote.internal;
