// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import java.lang.reflect.Method;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.BaseStream;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// What a shared object returns that would look into it: iterators, and the views of the JDK's collections. They could
/// not travel, and to go through them while others change the object would fail. So each is a copy of the moment.
final class Snapshots {

    private Snapshots() {}

    /// Copies what a method has returned, if it is a view; called while nobody changes the object.
    ///
    /// @param method the method of the interface
    /// @param result what the object has returned
    /// @return what can travel
    static @Nullable Object of(Method method, @Nullable Object result) {
        return switch (result) {
            case null -> null;
            case Iterator<?> iterator -> rest(iterator);
            case Enumeration<?> all -> Collections.list(all);
            case BaseStream<?, ?> stream -> rest(stream.iterator());
            default -> isView(method) ? copy(result) : result;
        };
    }

    private static List<@Nullable Object> rest(Iterator<?> iterator) {
        List<@Nullable Object> rest = new ArrayList<>();
        iterator.forEachRemaining(rest::add);
        return rest;
    }

    private static boolean isView(Method method) {
        Class<?> type = method.getReturnType();
        return method.getDeclaringClass().getPackageName().startsWith("java.util")
                && (Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type));
    }

    private static Object copy(Object view) {
        return switch (view) {
            case Map<?, ?> map -> Collections.unmodifiableMap(new LinkedHashMap<>(map));
            case Set<?> set -> Collections.unmodifiableSet(copyOf(set));
            case Collection<?> all -> Collections.unmodifiableList(new ArrayList<>(all));
            default -> view;
        };
    }

    private static Set<@Nullable Object> copyOf(Set<?> set) {
        Set<@Nullable Object> copy = new LinkedHashSet<>();
        for (Object element : set) {
            copy.add(
                    element instanceof Map.Entry<?, ?> entry
                            ? new AbstractMap.SimpleImmutableEntry<>(entry.getKey(), entry.getValue())
                            : element);
        }
        return copy;
    }

    /// Makes an iterator, or a stream, of what has come.
    ///
    /// @param proxy the object, for changes by the iterator
    /// @param method the method that has returned it
    /// @param value what [#of] has made
    /// @return what the caller gets
    @SuppressWarnings("unchecked") // a list of something
    static @Nullable Object open(Object proxy, Method method, @Nullable Object value) {
        if (!(value instanceof List<?> list)) {
            return value;
        }
        Class<?> type = method.getReturnType();
        if (type == Iterator.class || type == ListIterator.class) {
            return new Cursor((List<@Nullable Object>) list, 0, proxy);
        }
        if (type == Enumeration.class) {
            return Collections.enumeration(list);
        }
        return BaseStream.class.isAssignableFrom(type) ? stream(type, (List<@Nullable Object>) list) : value;
    }

    private static Object stream(Class<?> type, List<@Nullable Object> list) {
        if (type == IntStream.class) {
            return list.stream().mapToInt(Integer.class::cast);
        }
        if (type == LongStream.class) {
            return list.stream().mapToLong(Long.class::cast);
        }
        return type == DoubleStream.class ? list.stream().mapToDouble(Double.class::cast) : list.stream();
    }

    /// Makes an iterator over a list.
    static ListIterator<@Nullable Object> listIterator(List<@Nullable Object> proxy, int from) {
        List<@Nullable Object> all = new ArrayList<>(Arrays.asList(proxy.toArray()));
        if (from < 0 || from > all.size()) {
            throw new IndexOutOfBoundsException("index " + from + " of a list of " + all.size());
        }
        return new Cursor(all, from, proxy);
    }

    /// Goes through a copy. Changes go to the object too: by index, if it is a list, else by value.
    private static final class Cursor implements ListIterator<@Nullable Object> {

        private final List<@Nullable Object> copy;
        private final Object proxy;
        private int next;
        private int last = -1;

        Cursor(List<@Nullable Object> copy, int next, Object proxy) {
            this.copy = copy;
            this.next = next;
            this.proxy = proxy;
        }

        @Override
        public boolean hasNext() {
            return next < copy.size();
        }

        @Override
        public @Nullable Object next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            last = next++;
            return copy.get(last);
        }

        @Override
        public boolean hasPrevious() {
            return next > 0;
        }

        @Override
        public @Nullable Object previous() {
            if (!hasPrevious()) {
                throw new NoSuchElementException();
            }
            last = --next;
            return copy.get(last);
        }

        @Override
        public int nextIndex() {
            return next;
        }

        @Override
        public int previousIndex() {
            return next - 1;
        }

        @Override
        public void remove() {
            int at = current();
            if (proxy instanceof List<?> list) {
                list.remove(at);
            } else if (proxy instanceof Collection<?> all) {
                all.remove(copy.get(at));
            } else {
                throw new UnsupportedOperationException("this iterator goes through a copy");
            }
            copy.remove(at);
            next = at;
            last = -1;
        }

        @Override
        public void set(@Nullable Object element) {
            int at = current();
            list().set(at, element);
            copy.set(at, element);
        }

        @Override
        public void add(@Nullable Object element) {
            list().add(next, element);
            copy.add(next++, element);
            last = -1;
        }

        private int current() {
            if (last < 0) {
                throw new IllegalStateException("no element was returned yet, or it was removed");
            }
            return last;
        }

        @SuppressWarnings("unchecked") // a list iterator is made for a list only
        private List<@Nullable Object> list() {
            return (List<@Nullable Object>) proxy;
        }
    }
}
