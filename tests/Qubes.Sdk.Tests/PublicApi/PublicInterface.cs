using System.Reflection;

namespace Qubes.Sdk.Tests.PublicApi;

/// <summary>An assembly's public interface as lines: each type, then its members, sorted, so that two of them can be compared.</summary>
internal static class PublicInterface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<string> Of(Assembly assembly) =>
        [.. assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal).SelectMany(Lines)];

    private static IEnumerable<string> Lines(Type type)
    {
        yield return Declaration(type);
        if (type.IsEnum)
        {
            foreach (var name in Enum.GetNames(type))
                yield return $"    {name} = {Convert.ToInt64(Enum.Parse(type, name))}";
            yield break;
        }
        foreach (var member in type.GetMembers(Declared).Select(m => Signatures.Of(m)).OfType<string>().Order(StringComparer.Ordinal))
            yield return "    " + member;
    }

    private static string Declaration(Type type)
    {
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        if (typeof(Delegate).IsAssignableFrom(type))
            kind = "delegate";
        var bases = new[] { type.BaseType }.OfType<Type>().Where(b => b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum))
            .Concat(type.GetInterfaces().Where(i => i.IsPublic).OrderBy(i => i.ToString(), StringComparer.Ordinal));
        var after = string.Join(", ", bases.Select(TypeNames.Of));
        return $"{kind} {type.Namespace}.{TypeNames.Of(type)}{(after.Length > 0 && kind != "enum" ? " : " + after : "")}";
    }
}
