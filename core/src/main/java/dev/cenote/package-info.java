/// The API of Cenote: {@link dev.cenote.Pool} and the types its calls take and return.
///
/// Passing `null` where a type is not marked nullable throws {@link NullPointerException} naming the argument,
/// unless a method says otherwise. Items and results of a mapping call may be `null`.
package dev.cenote;
