using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace ReactiveQuery.Tests.PublicApi;

/// <summary>Prints what other assemblies can see of an assembly, one line per member, in an order that does not depend on the source.</summary>
internal static class PublicApiPrinter
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Print(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(Name, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (var member in Members(type).Order(StringComparer.Ordinal))
                text.Append("    ").Append(member).Append('\n');
            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Header(Type type)
    {
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        var bases = new[] { type.BaseType }.Where(b => b is not null && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum))
            .Concat(type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).OrderBy(Name, StringComparer.Ordinal))
            .Select(b => Name(b!))
            .ToList();
        return $"{kind} {Name(type)}{(bases.Count == 0 ? "" : " : " + string.Join(", ", bases))}{Constraints(type.GetGenericArguments())}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        foreach (var field in type.GetFields(Declared).Where(f => f.IsPublic && !f.IsSpecialName))
            yield return field.IsLiteral
                ? $"const {field.Name} = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}"
                : $"field {Name(field.FieldType)} {field.Name}";
        foreach (var constructor in type.GetConstructors(Declared).Where(IsVisible))
            yield return $"new({Parameters(constructor)})";
        foreach (var property in type.GetProperties(Declared).Where(p => p.GetAccessors(true).Any(IsVisible)))
            yield return Property(property);
        foreach (var happening in type.GetEvents(Declared).Where(e => IsVisible(e.AddMethod!)))
            yield return $"event {Name(happening.EventHandlerType!)} {happening.Name}";
        foreach (var method in type.GetMethods(Declared).Where(m => IsVisible(m) && !IsNoise(m)))
            yield return Method(method);
    }

    private static string Property(PropertyInfo property)
    {
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        var set = property.SetMethod is { } setter && IsVisible(setter)
            ? setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;"
            : "";
        var isStatic = property.GetAccessors(true)[0].IsStatic ? "static " : "";
        return $"{isStatic}{Name(property.PropertyType)}{Mark(Nullability.Create(property).ReadState, property.PropertyType)} {name} {{{(property.GetMethod is { } getter && IsVisible(getter) ? " get;" : "")}{set} }}";
    }

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        var isExtension = method.IsDefined(typeof(ExtensionAttribute), false) ? "this " : "";
        var kind = method.IsStatic ? "static " : method.IsAbstract ? "abstract " : method.IsVirtual && !method.IsFinal ? "virtual " : "";
        return $"{kind}{Name(method.ReturnType)}{Mark(Nullability.Create(method.ReturnParameter).ReadState, method.ReturnType)} {method.Name}{generic}({isExtension}{Parameters(method)})"
            + Constraints(method.IsGenericMethodDefinition ? method.GetGenericArguments() : []);
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var way = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : parameter.IsDefined(typeof(ParamArrayAttribute), false) ? "params " : "";
        var text = $"{way}{Name(parameter.ParameterType)}{Mark(Nullability.Create(parameter).WriteState, parameter.ParameterType)} {parameter.Name}";
        return parameter.HasDefaultValue
            ? $"{text} = {Convert.ToString(parameter.DefaultValue, CultureInfo.InvariantCulture) switch { null or "" => "default", var value => value }}"
            : text;
    }

    private static string Mark(NullabilityState state, Type type) => state == NullabilityState.Nullable && !type.IsValueType ? "?" : "";

    private static string Constraints(Type[] arguments)
    {
        var text = "";
        foreach (var argument in arguments.Where(a => a.IsGenericParameter))
        {
            List<string> limits = [];
            if (argument.GenericParameterAttributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint)) limits.Add("struct");
            else if (argument.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint)) limits.Add("class");
            else if (IsNotNull(argument)) limits.Add("notnull");
            limits.AddRange(argument.GetGenericParameterConstraints().Where(c => c != typeof(ValueType)).Select(Name));
            if (limits.Count > 0)
                text += $" where {argument.Name} : {string.Join(", ", limits)}";
        }

        return text;
    }

    private static bool IsNotNull(Type argument) =>
        argument.CustomAttributes.FirstOrDefault(a => a.AttributeType.Name == "NullableAttribute") is { } own
            ? Equals(own.ConstructorArguments[0].Value, (byte)1)
            : Context(argument.DeclaringMethod) ?? Context(argument.DeclaringType) ?? false;

    private static bool? Context(MemberInfo? member) =>
        member?.CustomAttributes.FirstOrDefault(a => a.AttributeType.Name == "NullableContextAttribute") is { } context
            ? Equals(context.ConstructorArguments[0].Value, (byte)1)
            : null;

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    /// <summary>What the compiler writes for properties, events, records and operators of records.</summary>
    private static bool IsNoise(MethodInfo method) =>
        (method.IsSpecialName && !method.Name.StartsWith("op_Implicit", StringComparison.Ordinal)) || method.IsDefined(typeof(CompilerGeneratedAttribute), false)
        || method.Name.StartsWith('<');

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Name(underlying) + "?";
        var name = type.IsGenericParameter || type.Namespace is null or "System" or "ReactiveQuery" || !type.Namespace.StartsWith("ReactiveQuery", StringComparison.Ordinal)
            ? type.Name
            : $"{type.Namespace}.{type.Name}";
        if (type.DeclaringType is { } outer && !type.IsGenericParameter)
            name = $"{Name(outer)}.{type.Name}";
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        return type.IsGenericType && tick >= 0
            ? $"{name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : name;
    }
}
