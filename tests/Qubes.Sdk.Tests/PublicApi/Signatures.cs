using System.Reflection;
using System.Runtime.CompilerServices;

namespace Qubes.Sdk.Tests.PublicApi;

/// <summary>Members as lines.</summary>
internal static class Signatures
{
    private static readonly NullabilityInfoContext Nullability = new();

    // What the compiler gives every record is not written by anybody, and follows from its properties.
    private static readonly string[] OfRecords = ["PrintMembers", "<Clone>$", "get_EqualityContract", "Deconstruct", "op_Equality", "op_Inequality"];

    /// <summary>Null for what nobody outside can use.</summary>
    public static string? Of(MemberInfo member) => member switch
    {
        FieldInfo f when IsVisible(f.Attributes & FieldAttributes.FieldAccessMask) =>
            $"{(f.IsLiteral ? "const " : f.IsStatic ? "static " : "")}{Type(f.FieldType, Nullability.Create(f))} {f.Name}"
            + (f.IsLiteral ? $" = {f.GetRawConstantValue()}" : ""),
        PropertyInfo p when p.Name != "EqualityContract" => Property(p),
        EventInfo e when IsVisible(e.AddMethod!) => $"event {TypeNames.Of(e.EventHandlerType!)} {e.Name}",
        ConstructorInfo c when IsVisible(c) && !c.IsStatic && !IsCopying(c) => $"new({Parameters(c)})",
        MethodInfo m when IsVisible(m) && !m.IsSpecialName && !OfRecords.Contains(m.Name) && !IsEquality(m) =>
            $"{Modifiers(m)}{Type(m.ReturnType, Nullability.Create(m.ReturnParameter))} {m.Name}{TypeNames.Arguments(m.GetGenericArguments())}({Parameters(m)})",
        _ => null,
    };

    private static string? Property(PropertyInfo property)
    {
        var get = property.GetMethod is { } g && IsVisible(g) ? " get;" : "";
        var set = property.SetMethod is { } s && IsVisible(s) ? IsInit(s) ? " init;" : " set;" : "";
        if (get.Length + set.Length == 0)
            return null;
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var index = property.GetIndexParameters() is { Length: > 0 } i ? $"[{string.Join(", ", i.Select(Parameter))}]" : "";
        return $"{required}{Modifiers((property.GetMethod ?? property.SetMethod)!)}{Type(property.PropertyType, Nullability.Create(property))} "
            + $"{property.Name}{index} {{{get}{set} }}";
    }

    private static string Modifiers(MethodInfo method) => method switch
    {
        { IsStatic: true } => "static ",
        { DeclaringType.IsInterface: true, IsAbstract: false } => "default ",
        { DeclaringType.IsInterface: true } => "",
        { IsAbstract: true } => "abstract ",
        { IsVirtual: true, IsFinal: false, DeclaringType.IsSealed: false } => "virtual ",
        _ => "",
    };

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter) =>
        $"{Type(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}"
        + (parameter.HasDefaultValue ? $" = {parameter.RawDefaultValue ?? "default"}" : "");

    private static string Type(Type type, NullabilityInfo nullability) =>
        TypeNames.Of(type) + (!type.IsValueType && nullability.ReadState == NullabilityState.Nullable ? "?" : "");

    private static bool IsInit(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static bool IsCopying(ConstructorInfo constructor) =>
        constructor.GetParameters() is [{ } only] && only.ParameterType == constructor.DeclaringType;

    private static bool IsEquality(MethodInfo method) =>
        method.Name is "Equals" or "GetHashCode" or "ToString" && method.DeclaringType!.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(FieldAttributes access) =>
        access is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;
}
