"""The .tflite files: conversion, metadata, and what a phone will do with one."""
