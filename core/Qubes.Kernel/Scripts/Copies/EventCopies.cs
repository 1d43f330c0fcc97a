using System.Reflection;
using System.Runtime.CompilerServices;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Scripts.Copies;

/// <summary>Makes of an event one that may go anywhere: the same, with copies of its qubes.</summary>
internal static class EventCopies
{
    // Weak: a plugin's own events do not keep it loaded.
    private static readonly ConditionalWeakTable<Type, Shape> Shapes = new();

    /// <summary>On the kernel loop.</summary>
    public static QubesEvent Of(QubesEvent e, QubeCopies copies)
    {
        var shape = Shapes.GetValue(e.GetType(), Shape.Of);
        var copy = (QubesEvent)shape.Copy.Invoke(e, null)!;
        foreach (var property in shape.Qubes)
        {
            if (property.GetValue(e) is IQube qube)
                property.SetValue(copy, copies.Of(qube));
        }
        return copy;
    }

    private sealed record Shape(MethodInfo Copy, System.Reflection.PropertyInfo[] Qubes)
    {
        // What the compiler makes of every record.
        private const string CloneMethod = "<Clone>$";

        public static Shape Of(Type type) => new(
            type.GetMethod(CloneMethod) ?? throw new ArgumentException($"{type} is no record", nameof(type)),
            [.. type.GetProperties().Where(p => p.CanWrite && (typeof(IQube).IsAssignableFrom(p.PropertyType) || p.PropertyType == typeof(object)))]);
    }
}
